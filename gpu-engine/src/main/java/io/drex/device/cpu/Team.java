package io.drex.device.cpu;

import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.Kernels;
import io.drex.device.cpu.kernel.PackedMatrix;
import io.drex.device.cpu.kernel.Panel;

/** Worker threads, each with kernels of its own. */
final class Team implements AutoCloseable {
  private final Kernels[] kernels; // [worker]
  private final WorkerPool pool;

  private Team(Kernels[] kernels, WorkerPool pool) {
    this.kernels = kernels;
    this.pool = pool;
  }

  static Team start(KernelKind kind, AttentionShape shape, int threads) {
    Kernels[] kernels = new Kernels[threads];
    for (int i = 0; i < threads; i++) {
      kernels[i] = kind.create(shape);
    }
    return new Team(kernels, WorkerPool.start(threads));
  }

  int workers() {
    return kernels.length;
  }

  Kernels kernels(int worker) {
    return kernels[worker];
  }

  /** See {@link WorkerPool#run}. */
  void run(WorkerPool.Region region) {
    pool.run(region);
  }

  /** A worker's part of a linear layer: a contiguous range of column groups, fixed for a shape. */
  void linear(PackedMatrix w, Panel x, Panel y, int rows, int worker) {
    kernels[worker].linear(w, x, y, rows, fromGroup(w, worker), fromGroup(w, worker + 1));
  }

  /** A worker's part of those outputs of a linear layer that lie in the groups from one on. */
  void linearFrom(int firstGroup, PackedMatrix w, Panel x, Panel y, int rows, int worker) {
    int groups = w.groups() - firstGroup;
    int from = firstGroup + WorkerPool.share(groups, worker, kernels.length);
    int to = firstGroup + WorkerPool.share(groups, worker + 1, kernels.length);
    kernels[worker].linear(w, x, y, rows, from, to);
  }

  /** The worker's first group of a linear layer; the last worker's share ends at the end. */
  int fromGroup(PackedMatrix w, int worker) {
    return WorkerPool.share(w.groups(), worker, kernels.length);
  }

  /** The worker's first output of a linear layer. */
  int fromOutput(PackedMatrix w, int worker) {
    return Math.min(fromGroup(w, worker) * PackedMatrix.GROUP, w.outputs());
  }

  @Override
  public void close() {
    pool.close();
  }
}
