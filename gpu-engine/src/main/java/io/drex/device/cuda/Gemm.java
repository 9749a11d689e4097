package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;

/**
 * A linear layer over the rows of a call, or over its head rows, on kernels of our own. There are
 * some for several sizes of blocks; see {@link GemmBlock}.
 */
final class Gemm implements Linear {
  private static final int THREADS = 256;
  private static final GemmBlock[] BLOCKS = GemmBlock.values();

  private final CudaDriver driver;
  private final CudaDriver.Launch[] launches; // [block]
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
      launches[i] = step.kernels().prepare(kernel + BLOCKS[i].suffix(), THREADS, list);
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

  @Override
  public void run(int rows) {
    GemmBlock block = GemmBlock.of(rows, outputTiles, driver.multiprocessors());
    driver.launch(
        launches[block.ordinal()], block.alongRows(rows), block.alongOutputs(outputTiles));
  }
}
