package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.cublas.CublasHandle;
import io.drex.device.cuda.driver.CudaDriver;
import org.jspecify.annotations.Nullable;

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

  /**
   * Rows of a product whose sums are shared: a GPU is busy, and the memory for sums stays small.
   */
  static final int MOST_ROWS = 2048;

  private static final int THREADS = 256;
  private static final int UNPACK_TILES = 8; // of a block, along the inputs
  private static final int FINISH_ROWS = 4; // of a block
  private static final int FINISH_OUTPUTS = 256; // of a block

  // Arguments of what follows that change from product to product.
  private static final int FIRST_ROW = 2;
  private static final int COUNT = 3;

  private final Shared shared;
  private final Linear own;
  private final StepArgs step;
  private final CudaDriver driver;
  private final Matrix matrix;
  private final long inputs;
  private final long inputRowBytes;
  private final CudaDriver.Launch unpack;
  private final Target target;
  private final @Nullable Finish finish;

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
   * @param sums address of the first row's of each product
   * @param stride elements per row
   * @param mostRows of a product
   */
  private record Target(long sums, int stride, int mostRows) {
    static Target shared(Shared shared, Operands operands) {
      return new Target(shared.sums(), operands.weights().outputs(), MOST_ROWS);
    }

    /** All rows have a place of their own, so that one product does. */
    static Target result(StepArgs step, Operands operands) {
      return new Target(operands.outputs(), operands.outputStride(), step.maxRows());
    }
  }

  /** A kernel that follows each product. */
  private record Finish(CudaDriver.Launch launch, Arguments.List arguments) {

    /**
     * @param bias address; 0 for none
     * @param states address; 0 for none
     */
    static Arguments.List arguments(
        StepArgs step, Operands operands, Target target, long bias, long states) {
      return step.arguments()
          .add(0)
          .add(0)
          .add(target.sums())
          .add(target.stride())
          .add(operands.weights().outputs())
          .add(bias)
          .add(states)
          .add(operands.outputs())
          .add(operands.outputStride());
    }

    static Finish prepare(StepArgs step, String kernel, Arguments.List arguments) {
      return new Finish(step.kernels().prepare(kernel, THREADS, arguments), arguments);
    }
  }

  /** A target, and what follows there. */
  private record Output(Target target, @Nullable Finish finish) {}

  private LibraryGemm(Shared shared, Linear own, StepArgs step, Operands operands, Output output) {
    this.shared = shared;
    this.own = own;
    this.step = step;
    target = output.target();
    finish = output.finish();
    KernelSet kernels = step.kernels();
    driver = kernels.driver();
    matrix = operands.weights();
    inputs = operands.inputs();
    inputRowBytes = (long) Matrix.padded(matrix.inputs()) * Short.BYTES;
    Arguments.List unpackList =
        kernels.arguments().add(matrix.tiles()).add(shared.weights()).add(matrix.inputTiles());
    unpack = kernels.prepare("unpack_tiles", THREADS, unpackList);
  }

  /**
   * Prepares a layer whose outputs are stored as floats.
   *
   * @param own the same on kernels of our own
   * @param bias address, float, [output]; 0 for none
   */
  static Linear storing(Shared shared, Linear own, StepArgs step, Operands operands, long bias) {
    Target target = Target.result(step, operands);
    if (bias == 0) {
      return new LibraryGemm(shared, own, step, operands, new Output(target, null));
    }
    Arguments.List arguments = Finish.arguments(step, operands, target, bias, 0);
    Finish finish = Finish.prepare(step, "finish_store", arguments);
    return new LibraryGemm(shared, own, step, operands, new Output(target, finish));
  }

  /**
   * Prepares a layer whose outputs are added to the rows' states.
   *
   * @param own the same on kernels of our own
   * @param states address, float, [slot][hidden]
   */
  static Linear adding(Shared shared, Linear own, StepArgs step, Operands operands, long states) {
    Target target = Target.shared(shared, operands);
    Arguments.List arguments = Finish.arguments(step, operands, target, 0, states);
    Finish finish = Finish.prepare(step, "finish_residual", arguments);
    return new LibraryGemm(shared, own, step, operands, new Output(target, finish));
  }

  /**
   * Prepares a layer whose pairs of gate and up become one bf16 input of the next.
   *
   * @param own the same on kernels of our own
   */
  static Linear gating(Shared shared, Linear own, StepArgs step, Operands operands) {
    Target target = Target.shared(shared, operands);
    Arguments.List arguments = Finish.arguments(step, operands, target, 0, 0);
    Finish finish = Finish.prepare(step, "finish_swiglu", arguments);
    return new LibraryGemm(shared, own, step, operands, new Output(target, finish));
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
    int ofPart = rowsOfPart(rows, target.mostRows());
    for (int first = 0; first < rows; first += ofPart) {
      int count = Math.min(ofPart, rows - first);
      long x = inputs + first * inputRowBytes;
      shared.cublas().multiply(weights, x, count, target.sums(), target.stride());
      if (finish != null) {
        finish(finish, first, count);
      }
    }
  }

  /** Rows of each part but the last, so that parts are few and alike: a small one is slow. */
  static int rowsOfPart(int rows, int most) {
    return blocks(rows, blocks(rows, most));
  }

  private void finish(Finish by, int first, int count) {
    by.arguments().set(FIRST_ROW, first);
    by.arguments().set(COUNT, count);
    driver.launch(
        by.launch(), blocks(count, FINISH_ROWS), blocks(matrix.outputs(), FINISH_OUTPUTS));
  }

  private static int blocks(int count, int ofBlock) {
    return (count + ofBlock - 1) / ofBlock;
  }
}
