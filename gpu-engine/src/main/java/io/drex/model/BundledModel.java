package io.drex.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model inside the jar, named {@code bundled:} or {@code bundled:demo-trial}. It is extracted
 * to a folder before use, because weights are memory-mapped. Its {@code prompt-template.txt} holds
 * the template it was trained with.
 */
public final class BundledModel {
  private static final Logger LOG = LoggerFactory.getLogger(BundledModel.class);
  private static final String PREFIX = "bundled:";
  private static final String DEFAULT = "demo-trial";
  private static final String SUMS = "SHA256SUMS";
  private static final int HASH_CHARS_IN_NAME = 12;

  private BundledModel() {}

  /** Whether a model name means a bundled model. */
  public static boolean isBundled(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * The folder of a bundled model below {@code directory}. Extracts it unless an intact copy is
   * there; several processes may do so at once, as the folder appears complete, by a rename.
   *
   * @throws ModelException if there is no such model, or the folder there holds other bytes
   */
  public static Path extract(String name, Path directory) {
    String model = modelName(name);
    byte[] sums = resource(model, SUMS);
    String version = sha256(sums).substring(0, HASH_CHARS_IN_NAME);
    Path folder = directory.resolve(model + "-" + version);
    Map<String, String> hashes = parse(sums);
    try {
      if (!Files.exists(folder)) {
        Files.createDirectories(directory);
        extract(model, hashes, folder);
      }
      verify(folder, hashes);
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

  private static void extract(String model, Map<String, String> hashes, Path folder)
      throws IOException {
    Path partial = Files.createTempDirectory(folder.getParent(), folder.getFileName() + ".partial");
    try {
      for (String file : hashes.keySet()) {
        Files.write(partial.resolve(file), resource(model, file));
      }
      Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
      LOG.info("Extracted the bundled model {} to {}", model, folder);
    } catch (IOException e) {
      // Another process may have been faster; its folder is verified like ours.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      delete(partial);
    }
  }

  private static void verify(Path folder, Map<String, String> hashes) throws IOException {
    for (Map.Entry<String, String> entry : hashes.entrySet()) {
      Path file = folder.resolve(entry.getKey());
      if (!Files.exists(file) || !sha256(Files.readAllBytes(file)).equals(entry.getValue())) {
        throw new ModelException(
            file + " is missing or not the bundled file; delete " + folder + " and run again");
      }
    }
  }

  private static Map<String, String> parse(byte[] sums) {
    Map<String, String> hashes = new TreeMap<>();
    for (String line : new String(sums, StandardCharsets.UTF_8).lines().toList()) {
      List<String> parts = List.of(line.split(" +"));
      hashes.put(parts.get(1), parts.get(0));
    }
    return hashes;
  }

  private static byte[] resource(String model, String file) {
    String path = "bundled/" + model + "/" + file;
    try (InputStream in = BundledModel.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new ModelException("the jar lacks " + path + "; build it again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ModelException("the jar's " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String sha256(byte[] bytes) {
    MessageDigest digest = ContentHash.sha256();
    return HexFormat.of().formatHex(digest.digest(bytes));
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
