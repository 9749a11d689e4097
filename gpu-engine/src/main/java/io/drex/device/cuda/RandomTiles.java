package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.RandomBlock;
import io.drex.model.TensorSource;

/** Makes random weights in the tiles of a matrix, to the bits that the host would make. */
final class RandomTiles {
  // Arguments of random_tiles that change from launch to launch.
  private static final int TILES = 0;
  private static final int SEED = 1;
  private static final int START = 2;
  private static final int WIDEST = 3;
  private static final int ROWS = 4;
  private static final int INPUTS = 5;
  private static final int INPUT_TILES = 6;
  private static final int FIRST = 7;
  private static final int PLACE = 8;

  private final CudaDriver driver;
  private final Arguments.List made;
  private final CudaDriver.Launch make;

  RandomTiles(KernelSet kernels) {
    driver = kernels.driver();
    Arguments.List list = kernels.arguments();
    made = list.add(0L).add(0L).add(0L).add(0f).add(0).add(0).add(0).add(0).add(0);
    make = kernels.prepare("random_tiles", WeightUpload.THREADS, made);
  }

  /**
   * Fills a part of a matrix.
   *
   * @param rows of the part
   * @param firstOutput where they begin
   */
  void fill(TensorSource.Random part, int rows, Matrix matrix, int firstOutput, PartPlace place) {
    RandomBlock block = part.block();
    made.set(TILES, matrix.tiles());
    made.set(SEED, block.seed());
    made.set(WIDEST, Float.floatToRawIntBits(block.widest()));
    made.set(INPUTS, matrix.inputs());
    made.set(INPUT_TILES, matrix.inputTiles());
    made.set(PLACE, place.ordinal());
    int gridX = (matrix.inputs() + WeightUpload.THREADS - 1) / WeightUpload.THREADS;
    for (int row = 0; row < rows; row += WeightUpload.MAX_ROWS) {
      int count = Math.min(WeightUpload.MAX_ROWS, rows - row);
      made.set(START, part.first() + (long) row * matrix.inputs());
      made.set(ROWS, count);
      made.set(FIRST, firstOutput + row);
      driver.launch(make, gridX, count);
    }
  }
}
