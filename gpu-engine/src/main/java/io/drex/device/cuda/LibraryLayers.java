package io.drex.device.cuda;

import io.drex.device.cuda.Gemm.Operands;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.cublas.CublasHandle;

/** Linear layers that cuBLAS multiplies in calls with many prompt rows; see {@link LibraryGemm}. */
final class LibraryLayers implements LinearLayers {
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

  /** Opens cuBLAS, which is closed when the memory is given back. */
  static CublasHandle open(Cublas cublas, DeviceMemory memory) {
    long workspace = memory.allocate("cuBLAS", CublasHandle.WORKSPACE_BYTES);
    CublasHandle handle = cublas.open(memory.driver(), workspace);
    memory.endFirst(handle::close);
    return handle;
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
