package io.drex.device.cpu;

import io.drex.device.cpu.kernel.VectorPeaks;
import java.util.Arrays;

/**
 * What so many threads of this machine do at most, to compare kernels with; only where {@link
 * io.drex.device.cpu.kernel.KernelKind#VECTOR} is present. Used by one thread, which is worker 0.
 */
public final class MachineLimits implements AutoCloseable {
  private static final int ROUNDS = 1 << 12;
  private static final int INTS = 1 << 18;

  private final WorkerPool pool;
  private final float[][] sinks; // [worker]
  private final double[] operations; // [worker]
  private final int[] sums; // [worker]
  private final int[] data;
  private int calls; // of multiplyAdd

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

  /**
   * Multiply-adds of floats, in GFLOP/s of all threads.
   *
   * @param perThread calls of some 10 µs: many, so that the compiler's code for the whole method is
   *     measured
   */
  public double multiplyAddGigaflops(int perThread) {
    calls = perThread;
    long start = System.nanoTime();
    pool.run(this::multiplyAdd);
    return Arrays.stream(operations).sum() / (System.nanoTime() - start);
  }

  private void multiplyAdd(int worker, int workers) {
    operations[worker] = 0;
    for (int call = 0; call < calls; call++) {
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
    int end = WorkerPool.share(data.length, worker + 1, workers);
    sums[worker] = 0;
    for (int from = WorkerPool.share(data.length, worker, workers); from < end; from += INTS) {
      sums[worker] += VectorPeaks.read(data, from, Math.min(from + INTS, end));
    }
  }

  /** Sum of all that was read last. */
  int sum() {
    return Arrays.stream(sums).sum();
  }

  @Override
  public void close() {
    pool.close();
  }
}
