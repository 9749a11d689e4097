package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;

/** Linear layers by the workers' {@link Kernels}, whose bits are the same everywhere. */
public final class PortableLinear implements LinearKernel {
  private final Kernels[] kernels; // [worker]

  public PortableLinear(Kernels[] kernels) {
    this.kernels = kernels;
  }

  @Override
  public PackedMatrix pack(Tensor... tensors) {
    return PackedMatrix.pack(tensors);
  }

  @Override
  public Panel inputs(int rows, int width, int stride) {
    return Panel.allocate(rows, stride);
  }

  @Override
  public void written(Panel x, int row, int from, int to, int worker) {
    // The kernels read the panel itself.
  }

  @Override
  public void linear(
      PackedMatrix w, Panel x, Panel y, int rows, int fromSlice, int toSlice, int worker) {
    kernels[worker].linear(w, x, y, rows, fromSlice, toSlice);
  }

  @Override
  public void close() {
    // Arrays need no closing.
  }
}
