package io.drex.device.cpu;

import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;

/** Worker threads, each with kernels of its own, and the linear layers that they share. */
final class Team implements AutoCloseable {
  private final Kernels[] kernels; // [worker]
  private final LinearKernel linear;
  private final WorkerPool pool;

  private Team(Kernels[] kernels, LinearKernel linear, WorkerPool pool) {
    this.kernels = kernels;
    this.linear = linear;
    this.pool = pool;
  }

  static Team start(
      KernelKind kind, LinearKernel.Provider provider, AttentionShape shape, int threads) {
    Kernels[] kernels = new Kernels[threads];
    for (int i = 0; i < threads; i++) {
      kernels[i] = kind.create(shape);
    }
    LinearKernel linear = provider.open(kernels);
    try {
      return new Team(kernels, linear, WorkerPool.start(threads));
    } catch (RuntimeException | Error e) { // such as no more threads
      linear.close();
      throw e;
    }
  }

  int workers() {
    return kernels.length;
  }

  Kernels kernels(int worker) {
    return kernels[worker];
  }

  /** Packs weights and makes the panels that they are multiplied with. */
  LinearKernel linear() {
    return linear;
  }

  /** See {@link WorkerPool#run}. */
  void run(WorkerPool.Region region) {
    pool.run(region);
  }

  /** A worker's part of a linear layer: a contiguous range of slices, fixed for a shape. */
  void linear(PackedMatrix w, Panel x, Panel y, int rows, int worker) {
    linear.linear(w, x, y, rows, fromSlice(w, worker), fromSlice(w, worker + 1), worker);
  }

  /** A worker's part of those slices of a linear layer that hold an output or come after it. */
  void linearFrom(int firstOutput, PackedMatrix w, Panel x, Panel y, int rows, int worker) {
    int firstSlice = firstOutput / w.sliceOutputs();
    int slices = w.slices() - firstSlice;
    int from = firstSlice + WorkerPool.share(slices, worker, kernels.length);
    int to = firstSlice + WorkerPool.share(slices, worker + 1, kernels.length);
    linear.linear(w, x, y, rows, from, to, worker);
  }

  /** The worker's first slice of a linear layer; the last worker's share ends at the end. */
  private int fromSlice(PackedMatrix w, int worker) {
    return WorkerPool.share(w.slices(), worker, kernels.length);
  }

  /** The worker's first output of a linear layer. */
  int fromOutput(PackedMatrix w, int worker) {
    return Math.min(fromSlice(w, worker) * w.sliceOutputs(), w.outputs());
  }

  @Override
  public void close() {
    pool.close();
    linear.close();
  }
}
