package io.drex.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model inside the jar, named {@code bundled:} or {@code bundled:demo-news}. It is extracted to
 * a folder before use, because weights are memory-mapped. Its {@code prompt-template.txt} holds the
 * template it was trained with.
 */
public final class BundledModel {
  /** The files that a bundled model has; no other file of its resource folder is extracted. */
  static final List<String> FILES =
      List.of(
          "MODEL_CARD.md",
          "config.json",
          "generation_config.json",
          "model.safetensors",
          "prompt-template.txt",
          "ramps.json",
          "tokenizer.json");

  private static final Logger LOG = LoggerFactory.getLogger(BundledModel.class);
  private static final String PREFIX = "bundled:";
  private static final String DEFAULT = "demo-news";
  private static final int HASH_CHARS_IN_NAME = 12;

  private BundledModel() {}

  /** Whether a model name means a bundled model. */
  public static boolean isBundled(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * The folder of a bundled model below {@code directory}, named after its content. Extracts it
   * unless an intact copy is there; several processes may do so at once, as the folder appears
   * complete, by a rename.
   *
   * @throws ModelException if there is no such model, or the folder there holds other bytes
   */
  public static Path extract(String name, Path directory) {
    String model = modelName(name);
    Map<String, byte[]> files = resources(model);
    Path folder = directory.resolve(model + "-" + version(files));
    try {
      if (!Files.exists(folder)) {
        Files.createDirectories(directory);
        extract(files, folder);
      }
      verify(folder, files);
      return folder;
    } catch (IOException e) {
      throw new ModelException(
          "bundled model " + model + " cannot be extracted to " + folder + ": " + e.getMessage(),
          e);
    }
  }

  private static String modelName(String name) {
    String model = name.equals(PREFIX) ? DEFAULT : name.substring(PREFIX.length());
    if (!isBundled(name) || !model.equals(DEFAULT)) {
      throw new ModelException("no bundled model '" + name + "'; there is " + PREFIX + DEFAULT);
    }
    return model;
  }

  private static void extract(Map<String, byte[]> files, Path folder) throws IOException {
    Path partial = Files.createTempDirectory(folder.getParent(), folder.getFileName() + ".partial");
    try {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        Files.write(partial.resolve(file.getKey()), file.getValue());
      }
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("Extracted the bundled model to {}", folder);
    } catch (IOException e) {
      // Another process may have been faster; its folder is verified like ours.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      delete(partial);
    }
  }

  private static void verify(Path folder, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> entry : files.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      if (!Files.exists(file) || !Arrays.equals(Files.readAllBytes(file), entry.getValue())) {
        throw new ModelException(
            file + " is missing or not the bundled file; delete " + folder + " and run again");
      }
    }
  }

  private static Map<String, byte[]> resources(String model) {
    Map<String, byte[]> files = new TreeMap<>();
    for (String file : FILES) {
      files.put(file, resource("bundled/" + model + "/" + file));
    }
    return files;
  }

  private static byte[] resource(String path) {
    try (InputStream in = BundledModel.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new ModelException("the jar lacks " + path + "; build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ModelException("the jar's " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String version(Map<String, byte[]> files) {
    MessageDigest all = ContentHash.sha256();
    files.forEach(
        (name, bytes) -> {
          all.update(name.getBytes(StandardCharsets.UTF_8));
          // Hashed by itself, so that no byte can move from one file to the next unseen.
          all.update(ContentHash.sha256().digest(bytes));
        });
    return HexFormat.of().formatHex(all.digest()).substring(0, HASH_CHARS_IN_NAME);
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
