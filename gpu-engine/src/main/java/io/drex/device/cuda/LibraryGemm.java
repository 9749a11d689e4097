package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.cublas.CublasHandle;
import io.drex.device.cuda.driver.CudaDriver;

/**
 * A linear layer over the rows of a call, by cuBLAS where the call has many prompt rows, and on
 * kernels of our own where it has not. cuBLAS reads weights as rows: such a call unpacks the tiles
 * first, into memory that all layers share. What follows the product is a kernel of our own.
 *
 * <p>cuBLAS picks its algorithm by the number of rows, so a row's bits depend on its batch.
 */
final class LibraryGemm implements Linear {
  /**
   * Prompt rows of a call from which cuBLAS pays. On an H200, at 4.3 TB/s and with 790 TFLOP/s by
   * cuBLAS against 60 % of that by our kernels, unpacking takes as long as is gained with 750 rows
   * of 4096 inputs; against 67 %, with 1,170 (estimated, not measured).
   */
  static final int LEAST_PROMPT_ROWS = 1024;

  /** Rows of one product: enough to keep a GPU busy, and the memory for sums stays small. */
  static final int MOST_ROWS = 2048;

  private static final int THREADS = 256;
  private static final int UNPACK_TILES = 8; // of a block, along the inputs
  private static final int FINISH_ROWS = 4; // of a block
  private static final int FINISH_OUTPUTS = 256; // of a block

  // Arguments of what follows that change from product to product.
  private static final int FIRST_ROW = 2;
  private static final int COUNT = 3;
  private static final int SUMS = 4;

  private final Shared shared;
  private final Linear own;
  private final StepArgs step;
  private final CudaDriver driver;
  private final Matrix matrix;
  private final long inputs;
  private final long inputRowBytes;
  private final Target target;
  private final CudaDriver.Launch unpack;
  private final Arguments.List finishList;
  private final CudaDriver.Launch[] finish; // none or one

  /**
   * What all layers share.
   *
   * @param leastPromptRows of a call that cuBLAS multiplies
   * @param weights address of the matrix in use, bf16, [output][padded inputs]
   * @param sums address of the sums in use, float, [row][outputs]
   */
  record Shared(CublasHandle cublas, int leastPromptRows, long weights, long sums) {}

  /**
   * Where sums go.
   *
   * @param sums address of the first row's
   * @param stride elements per row
   * @param moves bytes from a row's sums to those of a row of the next product, per row; 0 where
   *     all products use the same memory
   */
  private record Target(long sums, int stride, long moves) {
    static Target shared(Shared shared, Operands operands) {
      return new Target(shared.sums(), operands.weights().outputs(), 0);
    }

    static Target result(Operands operands) {
      int stride = operands.outputStride();
      return new Target(operands.outputs(), stride, (long) stride * Float.BYTES);
    }
  }

  /**
   * What follows a product.
   *
   * @param kernel empty for nothing
   */
  private record Finish(String kernel, long bias, long states) {}

  private LibraryGemm(
      Shared shared, Linear own, StepArgs step, Operands operands, Target target, Finish what) {
    this.shared = shared;
    this.own = own;
    this.step = step;
    this.target = target;
    KernelSet kernels = step.kernels();
    driver = kernels.driver();
    matrix = operands.weights();
    inputs = operands.inputs();
    inputRowBytes = (long) Matrix.padded(matrix.inputs()) * Short.BYTES;
    Arguments.List unpackList =
        kernels.arguments().add(matrix.tiles()).add(shared.weights()).add(matrix.inputTiles());
    unpack = kernels.prepare("unpack_tiles", THREADS, unpackList);
    finishList =
        step.arguments()
            .add(0)
            .add(0)
            .add(0L)
            .add(target.stride())
            .add(matrix.outputs())
            .add(what.bias())
            .add(what.states())
            .add(operands.outputs())
            .add(operands.outputStride());
    finish =
        what.kernel().isEmpty()
            ? new CudaDriver.Launch[0]
            : new CudaDriver.Launch[] {kernels.prepare(what.kernel(), THREADS, finishList)};
  }

  /**
   * Prepares a layer whose outputs are stored as floats.
   *
   * @param own the same on kernels of our own
   * @param bias address, float, [output]; 0 for none
   */
  static Linear storing(Shared shared, Linear own, StepArgs step, Operands operands, long bias) {
    Finish finish = new Finish(bias == 0 ? "" : "finish_store", bias, 0);
    return new LibraryGemm(shared, own, step, operands, Target.result(operands), finish);
  }

  /**
   * Prepares a layer whose outputs are added to the rows' states.
   *
   * @param own the same on kernels of our own
   * @param states address, float, [slot][hidden]
   */
  static Linear adding(Shared shared, Linear own, StepArgs step, Operands operands, long states) {
    Finish finish = new Finish("finish_residual", 0, states);
    return new LibraryGemm(shared, own, step, operands, Target.shared(shared, operands), finish);
  }

  /**
   * Prepares a layer whose pairs of gate and up become one bf16 input of the next.
   *
   * @param own the same on kernels of our own
   */
  static Linear gating(Shared shared, Linear own, StepArgs step, Operands operands) {
    Finish finish = new Finish("finish_swiglu", 0, 0);
    return new LibraryGemm(shared, own, step, operands, Target.shared(shared, operands), finish);
  }

  /** A graph's calls have no prompt rows, and so no product of cuBLAS. */
  @Override
  public void run(int rows) {
    if (step.promptRows() < shared.leastPromptRows()) {
      own.run(rows);
      return;
    }
    driver.launch(unpack, blocks(matrix.inputTiles(), UNPACK_TILES), matrix.outputTiles());
    CublasHandle.Weights weights =
        new CublasHandle.Weights(
            shared.weights(), matrix.outputs(), Matrix.padded(matrix.inputs()));
    for (int first = 0; first < rows; first += MOST_ROWS) {
      int count = Math.min(MOST_ROWS, rows - first);
      long sums = target.sums() + first * target.moves();
      long x = inputs + first * inputRowBytes;
      shared.cublas().multiply(weights, x, count, sums, target.stride());
      finish(first, count, sums);
    }
  }

  private void finish(int first, int count, long sums) {
    for (CudaDriver.Launch launch : finish) {
      finishList.set(FIRST_ROW, first);
      finishList.set(COUNT, count);
      finishList.set(SUMS, sums);
      driver.launch(launch, blocks(count, FINISH_ROWS), blocks(matrix.outputs(), FINISH_OUTPUTS));
    }
  }

  private static int blocks(int count, int ofBlock) {
    return (count + ofBlock - 1) / ofBlock;
  }
}
