package io.drex.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * SHA-256, in hex, over the files of a model folder that change results: over name, length and
 * bytes of each.
 */
final class ContentHash {
  private static final List<String> SMALL_FILES =
      List.of(
          ModelConfig.FILE,
          ModelConfig.GENERATION_FILE,
          RampFile.FILE,
          "tokenizer.json",
          "tokenizer_config.json");
  private static final int CHUNK_BYTES = 1 << 20;

  private ContentHash() {}

  /**
   * The hash of config.json, generation_config.json, ramps.json, tokenizer.json and
   * tokenizer_config.json in this order, those that exist, then the weights in the given order.
   */
  static String of(ModelFolder folder, List<String> weights) {
    return of(SMALL_FILES, folder, weights);
  }

  /** The same without ramps.json. */
  static String withoutRamps(ModelFolder folder, List<String> weights) {
    return of(
        SMALL_FILES.stream().filter(name -> !name.equals(RampFile.FILE)).toList(), folder, weights);
  }

  /** The hash of a text. */
  static String of(String text) {
    return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String of(List<String> smallFiles, ModelFolder folder, List<String> weights) {
    List<String> names = new ArrayList<>(smallFiles.stream().filter(folder::has).toList());
    names.addAll(weights);
    MessageDigest digest = sha256();
    for (String name : names) {
      digest.update(name.getBytes(StandardCharsets.UTF_8));
      add(folder.file(name), name, digest);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static void add(Path file, String name, MessageDigest digest) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, Files.size(file)));
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        digest.update(chunk, 0, read);
      }
    } catch (IOException e) {
      throw new ModelException(name + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
