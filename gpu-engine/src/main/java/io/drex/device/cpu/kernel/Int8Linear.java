package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;

/**
 * {@link PortableLinear} with the decoder layers' weights rounded to 8 bits; the heads' stay as
 * they are. Activations and sums stay floats.
 */
public final class Int8Linear implements LinearKernel {
  private final PortableLinear portable;

  public Int8Linear(Kernels[] kernels) {
    portable = new PortableLinear(kernels);
  }

  @Override
  public PackedMatrix pack(Tensor... tensors) {
    return portable.pack(tensors);
  }

  @Override
  public PackedMatrix packLayer(Tensor... tensors) {
    return Int8Matrix.round(tensors);
  }

  @Override
  public Panel inputs(int rows, int width, int stride) {
    return portable.inputs(rows, width, stride);
  }

  @Override
  public void written(Panel x, int row, int from, int to, int worker) {
    portable.written(x, row, from, to, worker);
  }

  @Override
  public void linear(
      PackedMatrix w, Panel x, Panel y, int rows, int fromSlice, int toSlice, int worker) {
    portable.linear(w, x, y, rows, fromSlice, toSlice, worker);
  }

  @Override
  public void close() {
    portable.close();
  }
}
