package io.drex.spark;

import io.drex.spark.hash.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The name of a result in the ledger: rows with equal fingerprint, id and prompt values have equal
 * keys, all others differ.
 */
public final class RowKey {
  /** Bytes of a key. */
  public static final int BYTES = 32;

  private static final int NULL = -1;

  private RowKey() {}

  /**
   * SHA-256 over the parts in order, each as its length (int32, big-endian; -1 for null) and its
   * UTF-8 bytes.
   *
   * @param promptValues the template columns' values in the template's order, or one hash of them
   */
  public static byte[] of(
      String fingerprint, String id, List<? extends @Nullable String> promptValues) {
    MessageDigest digest = Sha256.digest();
    add(digest, fingerprint);
    add(digest, id);
    for (String value : promptValues) {
      add(digest, value);
    }
    return digest.digest();
  }

  private static void add(MessageDigest digest, @Nullable String part) {
    byte[] bytes = part == null ? new byte[0] : part.getBytes(StandardCharsets.UTF_8);
    int length = part == null ? NULL : bytes.length;
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, length));
    digest.update(bytes);
  }
}
