package io.drex.device.cuda;

/**
 * A linear layer's weights in device memory, bf16, as tiles of 16 outputs by 16 inputs; padded with
 * zeros. Their order within a tile is the kernels' own.
 *
 * @param tiles address
 * @param outputs with those between parts that padding makes
 * @param inputs without padding
 */
record Matrix(long tiles, int outputs, int inputs) {
  /** Outputs and inputs of a tile. */
  static final int TILE = 16;

  private static final int TILE_BYTES = TILE * TILE * Short.BYTES;

  /** The least multiple of {@link #TILE} that is not less. */
  static int padded(int count) {
    return (count + TILE - 1) / TILE * TILE;
  }

  /** Bytes of the tiles of a matrix. */
  static long bytes(int outputs, int inputs) {
    return (long) padded(outputs) / TILE * (padded(inputs) / TILE) * TILE_BYTES;
  }

  /** Bytes of its tiles. */
  long bytes() {
    return bytes(outputs, inputs);
  }

  /** Tiles along the inputs. */
  int inputTiles() {
    return padded(inputs) / TILE;
  }

  /** Tiles along the outputs. */
  int outputTiles() {
    return padded(outputs) / TILE;
  }
}
