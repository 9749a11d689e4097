package io.drex.device.cpu.onednn;

import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.model.DType;
import io.drex.model.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.engine;

/**
 * Linear layers by oneDNN: bf16 weights times activations that are rounded to bf16, added up in
 * float. Layers with other weights stay on the workers' kernels.
 */
final class OneDnnLinear implements LinearKernel {
  private final engine cpu;
  private final Kernels[] kernels; // [worker]
  private final PortableLinear portable;
  private final Worker[] workers; // [worker]
  private final BatchInvariance invariance;
  private final Map<SliceShape, SliceProducts> products = new HashMap<>();
  private final List<OneDnnMatrix> matrices = new ArrayList<>();
  private final List<Bf16Rows> inputs = new ArrayList<>();

  private OneDnnLinear(engine cpu, Kernels[] kernels, BatchInvariance invariance) {
    this.cpu = cpu;
    this.kernels = kernels;
    this.invariance = invariance;
    portable = new PortableLinear(kernels);
    workers = new Worker[kernels.length];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(cpu, i);
    }
  }

  static OneDnnLinear open(Kernels[] kernels) {
    return open(kernels, BatchInvariance.MEASURED);
  }

  /**
   * @param invariance asked for each shape of slice
   */
  static OneDnnLinear open(Kernels[] kernels, BatchInvariance invariance) {
    return new OneDnnLinear(new engine(engine.kind.cpu, 0), kernels, invariance);
  }

  @Override
  public PackedMatrix pack(Tensor... tensors) {
    for (Tensor tensor : tensors) {
      if (tensor.dtype() != DType.BF16) {
        return portable.pack(tensors);
      }
    }
    workers[0].bind();
    int inputs = Math.toIntExact(tensors[0].shape().get(1));
    int outputs = OneDnnMatrix.outputs(tensors);
    int lastOutputs = (outputs - 1) % OneDnnMatrix.SLICE + 1;
    SliceProducts last = products(new SliceShape(inputs, lastOutputs));
    SliceProducts full =
        outputs <= OneDnnMatrix.SLICE ? last : products(new SliceShape(inputs, OneDnnMatrix.SLICE));
    OneDnnMatrix matrix = OneDnnMatrix.pack(cpu, full, last, tensors);
    matrices.add(matrix);
    return matrix;
  }

  private SliceProducts products(SliceShape shape) {
    return products.computeIfAbsent(
        shape,
        missing -> SliceProducts.compile(cpu, missing, workers[0], workers.length, invariance));
  }

  @Override
  public Panel inputs(int rows, int width, int stride) {
    Bf16Panel panel = new Bf16Panel(rows, width, stride);
    inputs.add(panel.copy);
    for (Worker worker : workers) {
      worker.reserve(width);
    }
    return panel;
  }

  @Override
  public void written(Panel x, int row, int from, int to, int worker) {
    if (to > from) {
      short[] rounded = workers[worker].rounded();
      kernels[worker].roundToBf16(x.data(), x.at(row) + from, to - from, rounded);
      ((Bf16Panel) x).copy.put(row, from, rounded, to - from);
    }
  }

  @Override
  public void linear(
      PackedMatrix w, Panel x, Panel y, int rows, int fromSlice, int toSlice, int worker) {
    if (!(w instanceof OneDnnMatrix matrix)) {
      portable.linear(w, x, y, rows, fromSlice, toSlice, worker);
      return;
    }
    workers[worker].bind();
    Bf16Rows input = ((Bf16Panel) x).copy;
    if (input.width() != matrix.inputs()) {
      throw new IllegalArgumentException(
          "rows of " + input.width() + " values for " + matrix.inputs() + " inputs");
    }
    for (int slice = fromSlice; slice < toSlice; slice++) {
      SliceProducts multiply = matrix.products(slice);
      for (int row = 0; row < rows; row += multiply.most()) {
        int count = Math.min(multiply.most(), rows - row);
        FloatBuffer outputs = multiply.run(workers[worker], input, row, count, matrix.slice(slice));
        copy(outputs, multiply.shape().outputs(), count, y, row, slice * OneDnnMatrix.SLICE);
      }
    }
  }

  /** Copies rows of outputs to where they belong in y. */
  private static void copy(
      FloatBuffer from, int width, int rows, Panel y, int firstRow, int column) {
    for (int row = 0; row < rows; row++) {
      from.get(row * width, y.data(), y.at(firstRow + row) + column, width);
    }
  }

  @Override
  public void close() {
    products.values().forEach(SliceProducts::close);
    matrices.forEach(OneDnnMatrix::close);
    inputs.forEach(Bf16Rows::close);
    for (Worker worker : workers) {
      worker.close();
    }
    cpu.close();
  }
}
