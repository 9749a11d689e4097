package io.drex.device.cpu;

import io.drex.device.cpu.kernel.VectorPeaks;
import java.util.Arrays;

/**
 * What so many threads of this machine do at most, to compare kernels with; only where {@link
 * io.drex.device.cpu.kernel.KernelKind#VECTOR} is present. Used by one thread, which is worker 0.
 */
public final class MachineLimits implements AutoCloseable {
  // Many short calls, so that the compiler's code for the whole method is measured.
  private static final int CALLS = 512;
  private static final int ROUNDS = 1 << 12;

  private final WorkerPool pool;
  private final float[][] sinks; // [worker]
  private final double[] operations; // [worker]
  private final int[] sums; // [worker]
  private final int[] data;

  private MachineLimits(WorkerPool pool, int[] data) {
    this.pool = pool;
    this.data = data;
    sinks = new float[pool.workers()][VectorPeaks.sinkLength()];
    operations = new double[pool.workers()];
    sums = new int[pool.workers()];
  }

  /**
   * @param data what is read; several times as large as the caches
   */
  public static MachineLimits open(int threads, int[] data) {
    return new MachineLimits(WorkerPool.start(threads), data);
  }

  /** Multiply-adds of floats, in GFLOP/s of all threads; takes some 10 ms. */
  public double multiplyAddGigaflops() {
    long start = System.nanoTime();
    pool.run(this::multiplyAdd);
    return Arrays.stream(operations).sum() / (System.nanoTime() - start);
  }

  private void multiplyAdd(int worker, int workers) {
    operations[worker] = 0;
    for (int call = 0; call < CALLS; call++) {
      operations[worker] += VectorPeaks.multiplyAdd(ROUNDS, sinks[worker]);
    }
  }

  /** Bytes read from memory, in GB/s of all threads. */
  public double readGigabytes() {
    long start = System.nanoTime();
    pool.run(this::read);
    return (double) data.length * Integer.BYTES / (System.nanoTime() - start);
  }

  private void read(int worker, int workers) {
    int from = WorkerPool.share(data.length, worker, workers);
    sums[worker] = VectorPeaks.read(data, from, WorkerPool.share(data.length, worker + 1, workers));
  }

  @Override
  public void close() {
    pool.close();
  }
}
