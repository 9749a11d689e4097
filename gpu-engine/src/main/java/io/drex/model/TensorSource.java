package io.drex.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the elements of a tensor come from. */
public sealed interface TensorSource {
  /** All elements, row by row: little-endian, read-only, position 0. */
  ByteBuffer data();

  /** Elements that are there already: a memory-mapped file's or an array's. */
  record Stored(ByteBuffer data) implements TensorSource {
    public Stored {
      data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * The bf16 values [first, first + count) of a block of random ones. A device that makes them
   * itself does without their data.
   */
  record Random(RandomBlock block, long first, long count) implements TensorSource {
    /**
     * @throws IllegalArgumentException if the block ends before
     */
    public Random {
      if (first < 0 || count < 0 || first > block.length() - count) {
        throw new IllegalArgumentException(
            "values [%d, %d) of a block of %d".formatted(first, first + count, block.length()));
      }
    }

    @Override
    public ByteBuffer data() {
      return block.values(first, count);
    }
  }
}
