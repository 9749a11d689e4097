package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;

/**
 * The linear layers of one model: packs their weights and runs them. A row's results depend neither
 * on the other rows nor on the number of workers; two implementations may differ in bits.
 */
public interface LinearKernel extends AutoCloseable {
  /** How a model's linear layers are run. */
  interface Provider {
    /**
     * @param kernels [worker]
     */
    LinearKernel open(Kernels[] kernels);
  }

  /**
   * Packs matrices of equal width, one below the other.
   *
   * @param tensors each [outputs][inputs]
   * @throws IllegalArgumentException if the packed matrix would be too large
   */
  PackedMatrix pack(Tensor... tensors);

  /**
   * Packs matrices of a decoder layer, which may be kept with fewer bits than those of heads.
   *
   * @param tensors each [outputs][inputs]
   * @throws IllegalArgumentException if the packed matrix would be too large
   */
  default PackedMatrix packLayer(Tensor... tensors) {
    return pack(tensors);
  }

  /**
   * Activations that linear layers read.
   *
   * @param width inputs of the layers that read them
   * @param stride of the panel, at least {@code width}
   * @throws IllegalArgumentException if they would not fit in one array
   */
  Panel inputs(int rows, int width, int stride);

  /** The same without columns that no layer reads. */
  default Panel inputs(int rows, int width) {
    return inputs(rows, width, width);
  }

  /**
   * Tells that x[row][from, to) is complete. Whoever writes to a panel of {@link #inputs} does so
   * before a linear layer reads it; workers may do so for different cells at once.
   */
  void written(Panel x, int row, int from, int to, int worker);

  /**
   * y[row][n] = Σ_k x[row][k] · w[n][k] for the rows [0, rows) and the columns of the slices
   * [fromSlice, toSlice). Columns that pad the last slice become zero or stay as they are.
   *
   * @param w packed by this
   * @param x of {@link #inputs} with the width that w has inputs
   * @param y [row][at least {@link PackedMatrix#paddedOutputs}]
   */
  void linear(PackedMatrix w, Panel x, Panel y, int rows, int fromSlice, int toSlice, int worker);

  /** Frees what was packed; no worker may be in a call. */
  @Override
  void close();
}
