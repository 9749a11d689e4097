package io.drex.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A model's folder. Files are looked up by plain name, must lie inside the folder (a link that
 * leads out is refused), and are read up to a given size only.
 */
public final class ModelFolder {
  private final Path root;

  private ModelFolder(Path root) {
    this.root = root;
  }

  /** Opens a folder that exists. */
  public static ModelFolder open(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ModelException(
          "model folder " + folder + " does not exist or is not a directory; check the path");
    }
    try {
      return new ModelFolder(folder.toRealPath());
    } catch (IOException e) {
      throw new ModelException(
          "model folder " + folder + " cannot be opened: " + e.getMessage(), e);
    }
  }

  /** The folder's real path. */
  public Path root() {
    return root;
  }

  /** Whether a file of this plain name exists. */
  public boolean has(String name) {
    return Files.exists(root.resolve(name));
  }

  /** The object in a JSON file of at most {@code maxBytes}. */
  public ObjectNode json(String name, long maxBytes) {
    return Json.object(read(name, maxBytes), name);
  }

  /** The bytes of a file of at most {@code maxBytes}; checks the size before it allocates. */
  byte[] read(String name, long maxBytes) {
    Path file = file(name);
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size > maxBytes) {
        throw new ModelException(
            name + ": " + size + " bytes, more than the " + maxBytes + " such a file may have");
      }
      return in.readNBytes((int) size);
    } catch (IOException e) {
      throw new ModelException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The real path of a regular file of this folder.
   *
   * @param name a plain file name, possibly from an untrusted document
   */
  Path file(String name) {
    if (!isPlain(name)) {
      throw new ModelException(notPlain(name));
    }
    Path file = root.resolve(name);
    if (!Files.exists(file)) {
      throw new ModelException(name + ": missing in " + root + "; copy the complete model folder");
    }
    Path real = real(file, name);
    if (!real.startsWith(root)) {
      throw new ModelException(
          name
              + ": a link that leads out of the model folder; copy the folder with links resolved");
    }
    if (!Files.isRegularFile(real)) {
      throw new ModelException(name + ": not a regular file");
    }
    return real;
  }

  /** Whether a name can only mean a file of the folder itself. */
  static boolean isPlain(String name) {
    return !name.isEmpty() && !name.contains("/") && !name.contains("\\") && !name.contains(":");
  }

  static String notPlain(String name) {
    return "file name '" + name + "' is not a plain name; model files must lie in the folder";
  }

  /** The names of all entries, sorted. */
  List<String> names() {
    try (Stream<Path> entries = Files.list(root)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new ModelException("model folder " + root + " cannot be listed: " + e.getMessage(), e);
    }
  }

  private static Path real(Path file, String name) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      throw new ModelException(name + ": cannot be opened: " + e.getMessage(), e);
    }
  }
}
