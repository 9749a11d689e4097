package io.drex.device.cpu.onednn;

/**
 * The numbers of rows that oneDNN is asked to multiply: each costs a primitive per shape, so that a
 * call's rows are padded to the next of them. A single row does not run alone, because oneDNN
 * multiplies a vector in another order than a matrix; and not as two, because oneDNN then reads the
 * weights slower than for four.
 */
final class RowSizes {
  /** Where rows depend on each other's number, all run in tiles of this many. */
  static final int TILE = 32;

  /** Most rows of a call, a multiple of {@link #TILE}. */
  static final int MOST = 256;

  private static final int[] SIZES = {
    4, 6, 8, 12, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, MOST
  };

  private RowSizes() {}

  /** All sizes, ascending. */
  static int[] all() {
    return SIZES.clone();
  }

  /** Rows that have to be there for any number of rows to run, blocks of {@link #MOST} first. */
  static int padded(int rows) {
    return (rows + TILE - 1) / TILE * TILE;
  }
}
