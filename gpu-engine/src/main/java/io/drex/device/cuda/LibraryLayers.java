package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.cublas.CublasHandle;
import io.drex.device.cuda.driver.CudaDriver;

/** Linear layers that cuBLAS multiplies in calls with many prompt rows; see {@link LibraryGemm}. */
final class LibraryLayers implements LinearLayers {
  /** Rows, outputs and inputs of the first product. */
  private static final int FIRST = 16;

  /** Of its weights and rows, bf16, and of its sums, float. */
  private static final long FIRST_BYTES = FIRST * FIRST * (2L * Short.BYTES + Float.BYTES);

  private final LibraryGemm.Shared shared;

  private LibraryLayers(LibraryGemm.Shared shared) {
    this.shared = shared;
  }

  /**
   * Opens cuBLAS for a model.
   *
   * @param leastPromptRows of a call that cuBLAS multiplies
   */
  static LibraryLayers open(Cublas cublas, Setup setup, ModelWeights model, int leastPromptRows) {
    DeviceMemory memory = setup.memory();
    long largest = 0; // bytes of a matrix
    long widest = 0; // outputs whose sums do not go where the result goes
    for (LayerWeights layer : model.layers()) {
      for (Matrix matrix : layer.matrices()) {
        largest = Math.max(largest, matrix.bytes());
      }
      widest = Math.max(widest, layer.attentionOut().outputs());
      widest = Math.max(widest, layer.gateAndUp().outputs());
    }
    int rows = Math.min(LibraryGemm.MOST_ROWS, setup.options().maxRows());
    long weights = memory.allocate("weights as rows", largest);
    long sums = memory.allocate("sums of products", rows * widest * Float.BYTES);
    return new LibraryLayers(
        new LibraryGemm.Shared(open(cublas, memory), leastPromptRows, weights, sums));
  }

  /**
   * Opens cuBLAS, which is closed when the memory is given back, and has it multiply once: only
   * then does it show whether it has code for the GPU, and memory to load it.
   *
   * @throws DeviceOutOfMemoryException if memory lacks
   * @throws DeviceLostException if it does not run on this GPU
   */
  static CublasHandle open(Cublas cublas, DeviceMemory memory) {
    long workspace = memory.allocate("cuBLAS", CublasHandle.WORKSPACE_BYTES);
    long operands = memory.allocate("cuBLAS's first product", FIRST_BYTES);
    String use = memory.use(); // asked now: a device that is lost does not tell
    try {
      CublasHandle handle = cublas.open(memory.driver(), workspace);
      memory.endFirst(handle::close);
      multiplyOnce(handle, memory.driver(), operands);
      return handle;
    } catch (DeviceOutOfMemoryException e) {
      throw new DeviceOutOfMemoryException(failure(e, use), e);
    } catch (DeviceLostException e) {
      throw new DeviceLostException(failure(e, use), e);
    }
  }

  private static void multiplyOnce(CublasHandle cublas, CudaDriver driver, long operands) {
    driver.fill(operands, (byte) 0, FIRST_BYTES);
    CublasHandle.Weights weights = new CublasHandle.Weights(operands, FIRST, FIRST);
    long x = operands + FIRST * FIRST * Short.BYTES;
    long sums = x + FIRST * FIRST * Short.BYTES;
    cublas.multiply(weights, x, FIRST, sums, FIRST);
    driver.finish();
  }

  /** Some of cuBLAS's statuses hide that memory lacks, so the message tells how much there was. */
  private static String failure(DeviceException e, String use) {
    return e.getMessage()
        + ", with "
        + use
        + " before; if memory lacks, "
        + DeviceMemory.REMEDY
        + "; if this cuBLAS does not serve the GPU, name another with DREX_CUBLAS, or use --device"
        + " cuda";
  }

  @Override
  public Linear storing(StepArgs step, Operands operands, long bias) {
    Linear own = LinearLayers.OWN.storing(step, operands, bias);
    return LibraryGemm.storing(shared, own, step, operands, bias);
  }

  @Override
  public Linear adding(StepArgs step, Operands operands, long states) {
    Linear own = LinearLayers.OWN.adding(step, operands, states);
    return LibraryGemm.adding(shared, own, step, operands, states);
  }

  @Override
  public Linear gating(StepArgs step, Operands operands) {
    Linear own = LinearLayers.OWN.gating(step, operands);
    return LibraryGemm.gating(shared, own, step, operands);
  }
}
