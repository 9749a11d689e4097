package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;

/**
 * A linear layer over the rows of a call, or over its head rows. There are kernels for several
 * sizes of blocks; all add in one order, and give equal bits.
 */
final class Gemm {
  private static final int THREADS = 256;
  private static final Block[] BLOCKS = {
    new Block(8, 16, "8"),
    new Block(16, 16, "16"),
    new Block(32, 64, "64_by_32"),
    new Block(64, 64, "64_by_64"),
    new Block(128, 64, "64_by_128"),
    new Block(Integer.MAX_VALUE, 128, "128_by_128")
  };

  private final CudaDriver driver;
  private final CudaDriver.Launch[] launches; // by BLOCKS
  private final int outputTiles;

  /**
   * @param firstTile output tiles before it are left out
   * @param bias address, float, [output], or 0
   * @param states address of what is added to, float, or 0
   */
  private Gemm(
      StepArgs step,
      String kernel,
      Rows rows,
      Operands operands,
      int firstTile,
      long bias,
      long states) {
    Matrix weights = operands.weights();
    long list =
        step.arguments()
            .add(rows.ordinal())
            .add(weights.tiles())
            .add(operands.inputs())
            .add(weights.inputTiles())
            .add(firstTile)
            .add(weights.outputs())
            .add(bias)
            .add(states)
            .add(operands.outputs())
            .add(operands.outputStride())
            .end();
    driver = step.kernels().driver();
    launches = new CudaDriver.Launch[BLOCKS.length];
    for (int i = 0; i < launches.length; i++) {
      launches[i] = step.kernels().prepare(kernel + BLOCKS[i].name(), THREADS, list);
    }
    outputTiles = weights.outputTiles() - firstTile;
  }

  /**
   * What a layer reads and writes.
   *
   * @param inputs address, bf16, [row][padded inputs]
   * @param outputs address
   * @param outputStride elements per row of {@code outputs}
   */
  record Operands(Matrix weights, long inputs, long outputs, int outputStride) {}

  /**
   * Prepares a layer whose outputs are stored as floats.
   *
   * @param firstTile output tiles before it are left out
   * @param bias address, float, [output]; 0 for none
   */
  static Gemm storing(StepArgs step, Rows rows, Operands operands, int firstTile, long bias) {
    return new Gemm(step, "gemm_store_", rows, operands, firstTile, bias, 0);
  }

  /**
   * Prepares a layer whose outputs are added to the rows' states: in place, or for head rows into
   * its outputs, one row after the other.
   *
   * @param states address, float, [slot][hidden]
   */
  static Gemm adding(StepArgs step, Rows rows, Operands operands, long states) {
    return new Gemm(step, "gemm_residual_", rows, operands, 0, 0, states);
  }

  /** Prepares a layer whose pairs of gate and up become one bf16 input of the next. */
  static Gemm gating(StepArgs step, Rows rows, Operands operands) {
    return new Gemm(step, "gemm_swiglu_", rows, operands, 0, 0, 0);
  }

  /** Runs the layer over this many rows. */
  void run(int rows) {
    int i = 0;
    while (BLOCKS[i].mostRows() < rows) {
      i++;
    }
    int ofBlock = BLOCKS[i].outputs() / Matrix.TILE;
    driver.launch(launches[i], BLOCKS[i].along(rows), (outputTiles + ofBlock - 1) / ofBlock);
  }

  /**
   * A kernel.
   *
   * @param mostRows that it is taken for
   * @param outputs of a block
   * @param name last part of the kernel's
   */
  private record Block(int mostRows, int outputs, String name) {
    private static final int MOST_OF_A_BLOCK = 128; // rows

    /** Blocks along this many rows. */
    int along(int rows) {
      int ofBlock = Math.min(mostRows, MOST_OF_A_BLOCK);
      return (rows + ofBlock - 1) / ofBlock;
    }
  }
}
