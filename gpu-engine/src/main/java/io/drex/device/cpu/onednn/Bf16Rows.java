package io.drex.device.cpu.onednn;

import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;

/** Rows of bf16 values outside the heap, [row][width], with room for rows that pad a call. */
final class Bf16Rows implements AutoCloseable {
  private final int width;
  private final NativeMemory memory;
  private final ShortBuffer cells;

  // Made once, so that a call allocates nothing. [row / RowSizes.TILE]
  private final BytePointer[] tiles;

  private Bf16Rows(int rows, int width) {
    this.width = width;
    int padded = RowSizes.padded(rows);
    long values = (long) padded * width;
    if (values > Integer.MAX_VALUE / Short.BYTES) {
      throw new IllegalArgumentException(
          rows + " rows of " + width + " bf16 values do not fit in one buffer");
    }
    memory = NativeMemory.zeros(values * Short.BYTES);
    cells = memory.shorts(0, values);
    tiles = new BytePointer[padded / RowSizes.TILE];
    for (int i = 0; i < tiles.length; i++) {
      tiles[i] = memory.at((long) i * RowSizes.TILE * width * Short.BYTES);
    }
  }

  /**
   * @throws IllegalArgumentException if they would not fit in one buffer
   */
  static Bf16Rows allocate(int rows, int width) {
    return new Bf16Rows(rows, width);
  }

  int width() {
    return width;
  }

  /** Where a row starts whose number is a multiple of {@link RowSizes#TILE}. */
  BytePointer from(int row) {
    return tiles[row / RowSizes.TILE];
  }

  /** Sets n values of a row, from a column on, to the first of {@code values}. */
  void put(int row, int column, short[] values, int n) {
    cells.put(row * width + column, values, 0, n);
  }

  long bytes() {
    return memory.bytes();
  }

  @Override
  public void close() {
    memory.close();
  }
}
