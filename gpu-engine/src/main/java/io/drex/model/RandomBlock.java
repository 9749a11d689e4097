package io.drex.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A block of random bf16 values. Value i is made of output i of {@code SplittableRandom(seed)}: the
 * upper 24 bits, signed, over 2^23, times {@code widest} in floats, without the lower half of the
 * float's bits. Whoever knows that can make any of them without the others; here they are made
 * together, when one is asked for first. Safe for use by many threads.
 */
public final class RandomBlock {
  private static final float ONE = 1 << 23;

  private final long seed;
  private final float widest;
  private final long length;
  private @Nullable ByteBuffer made; // guarded by this

  /**
   * @param widest bound of the values' magnitudes
   * @param length number of values
   */
  public RandomBlock(long seed, float widest, long length) {
    this.seed = seed;
    this.widest = widest;
    this.length = length;
  }

  /** What the values are counted from. */
  public long seed() {
    return seed;
  }

  /** Bound of the values' magnitudes. */
  public float widest() {
    return widest;
  }

  /** Number of values. */
  public long length() {
    return length;
  }

  /**
   * Values as they lie in memory, a view of the one block that all share.
   *
   * @throws ModelException if the block is longer than an array
   */
  ByteBuffer values(long first, long count) {
    int bytes = DType.BF16.bytes();
    return block()
        .slice(Math.toIntExact(first * bytes), Math.toIntExact(count * bytes))
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private synchronized ByteBuffer block() {
    if (made == null) {
      made = make();
    }
    return made;
  }

  private ByteBuffer make() {
    if (length > Integer.MAX_VALUE / DType.BF16.bytes()) {
      throw new ModelException(
          "a block of "
              + length
              + " random weights is longer than an array; take a model of smaller matrices, or a"
              + " device that makes such weights itself (cuda)");
    }
    int bytes = (int) length * DType.BF16.bytes();
    ByteBuffer block = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(seed);
    for (int at = 0; at < bytes; at += DType.BF16.bytes()) {
      float value = ((int) (random.nextLong() >> 40) / ONE) * widest;
      block.putShort(at, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
    return block;
  }
}
