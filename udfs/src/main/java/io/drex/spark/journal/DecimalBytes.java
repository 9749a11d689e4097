package io.drex.spark.journal;

import java.math.BigInteger;
import java.util.Arrays;

/** Unscaled decimals as big-endian two's complement of a fixed width, as Parquet wants them. */
final class DecimalBytes {
  private DecimalBytes() {}

  /** The fewest bytes that hold every unscaled value of so many digits. */
  static int width(int digits) {
    return BigInteger.TEN.pow(digits).subtract(BigInteger.ONE).bitLength() / Byte.SIZE + 1;
  }

  static byte[] of(BigInteger unscaled, int width) {
    byte[] shortest = unscaled.toByteArray();
    byte[] bytes = new byte[width];
    Arrays.fill(bytes, (byte) (unscaled.signum() < 0 ? -1 : 0));
    System.arraycopy(shortest, 0, bytes, width - shortest.length, shortest.length);
    return bytes;
  }
}
