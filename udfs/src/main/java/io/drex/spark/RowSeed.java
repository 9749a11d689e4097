package io.drex.spark;

import io.drex.spark.hash.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/** Where a row's random numbers start. */
final class RowSeed {
  private RowSeed() {}

  /**
   * The first eight bytes of the SHA-256 of the run's seed (int64, big-endian) and the row's id
   * (UTF-8). Neither partitions nor attempts are in it, so a retry draws the same tokens; nor is
   * the fingerprint, so that runs of two policies or thresholds draw a row's tokens by the same
   * numbers and can be compared row by row.
   */
  static long of(long runSeed, String id) {
    MessageDigest digest = Sha256.digest();
    digest.update(ByteBuffer.allocate(Long.BYTES).putLong(0, runSeed));
    digest.update(id.getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.wrap(digest.digest()).getLong();
  }
}
