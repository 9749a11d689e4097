package io.drex.device.cuda;

/** The kernels for linear layers, by what a block computes; all give equal bits. */
enum GemmBlock {
  ROWS_8(16, 8, "8"),
  ROWS_16(16, 16, "16"),
  TILE_32_BY_32(32, 32, "32_by_32"),
  TILE_64_BY_32(64, 32, "64_by_32"),
  TILE_64_BY_64(64, 64, "64_by_64"),
  TILE_64_BY_128(64, 128, "64_by_128"),
  TILE_128_BY_128(128, 128, "128_by_128");

  private static final GemmBlock[] ALL = values();

  private final int outputs;
  private final int rows;
  private final String suffix;

  GemmBlock(int outputs, int rows, String suffix) {
    this.outputs = outputs;
    this.rows = rows;
    this.suffix = suffix;
  }

  /**
   * The kernel for a product: that which reads least for the rows, unless it leaves a quarter of
   * the multiprocessors without a block. Each step down reads more but makes twice the blocks, and
   * so brings in twice as much at once; 16 outputs a block would read too much for more than 16
   * rows. A layer of 4096 outputs has 64 blocks of the size for its rows, be those 17, 64 or 128,
   * and 128 of the next for an H200's 132 multiprocessors (computed, not measured).
   */
  static GemmBlock of(int rows, int outputTiles, int multiprocessors) {
    int i = ofRows(rows).ordinal();
    while (i > TILE_32_BY_32.ordinal()
        && 4L * ALL[i].blocks(rows, outputTiles) < 3L * multiprocessors) {
      i--;
    }
    return ALL[i];
  }

  private static GemmBlock ofRows(int rows) {
    if (rows > TILE_64_BY_128.rows) {
      return TILE_128_BY_128;
    }
    if (rows > TILE_64_BY_64.rows) {
      return TILE_64_BY_128;
    }
    if (rows > TILE_64_BY_32.rows) {
      return TILE_64_BY_64;
    }
    if (rows > ROWS_16.rows) {
      return TILE_64_BY_32;
    }
    return rows > ROWS_8.rows ? ROWS_16 : ROWS_8;
  }

  private long blocks(int count, int outputTiles) {
    return (long) alongRows(count) * alongOutputs(outputTiles);
  }

  /** Last part of the kernel's name. */
  String suffix() {
    return suffix;
  }

  /** Blocks along this many rows. */
  int alongRows(int count) {
    return (count + rows - 1) / rows;
  }

  /** Blocks along this many tiles of outputs. */
  int alongOutputs(int tiles) {
    int ofBlock = outputs / Matrix.TILE;
    return (tiles + ofBlock - 1) / ofBlock;
  }
}
