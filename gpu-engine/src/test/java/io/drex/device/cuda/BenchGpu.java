package io.drex.device.cuda;

import io.drex.device.RowBatch;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** The first GPU with the product's kernels, for timings of single ones. Used by one thread. */
public final class BenchGpu implements AutoCloseable {
  private static final int MOST_TIMES = 200; // of a repeat

  private final Effort effort;
  private final CudaDriver driver;
  private final CudaDriver filling; // the same, whose memory is random when it is allocated
  private final DeviceMemory arguments;
  private final KernelSet kernels;

  /**
   * How much is run for a figure.
   *
   * @param leastLaunches of a graph, so that gaps between graphs weigh little
   * @param leastMicros that a repeat takes
   * @param rotatedBytes that launches read in turns, so that caches do not hold them
   * @param repeats of each figure
   */
  public record Effort(int leastLaunches, double leastMicros, long rotatedBytes, int repeats) {}

  private BenchGpu(Effort effort, CudaDriver driver) {
    this.effort = effort;
    this.driver = driver;
    filling = new RecordedDriver(driver).driver();
    arguments = new DeviceMemory(driver);
    kernels = KernelSet.load(driver, arguments);
  }

  /** Opens the GPU; what is allocated on it is random. */
  public static BenchGpu open(Effort effort) {
    return new BenchGpu(effort, Cuda.open(""));
  }

  CudaDriver driver() {
    return driver;
  }

  KernelSet kernels() {
    return kernels;
  }

  /** Memory that goes with one figure. */
  DeviceMemory memory() {
    return new DeviceMemory(filling);
  }

  int repeats() {
    return effort.repeats();
  }

  /** How many copies of something are read in turns. */
  int rotated(long bytes) {
    return (int) Math.max(1, (effort.rotatedBytes() + bytes - 1) / bytes);
  }

  /** Rows of one call at position 0, all of them head rows. */
  static RowBatch batch(int rows) {
    RowBatch batch = new RowBatch(Math.max(1, rows), new int[1][1][1]);
    for (int row = 0; row < rows; row++) {
      batch.slot[row] = row;
      batch.headRow[row] = row;
    }
    batch.rows = rows;
    batch.heads = rows;
    return batch;
  }

  /** Such rows on the device. */
  StepArgs step(DeviceMemory memory, RowBatch batch) {
    StepArgs step = new StepArgs(kernels, memory, batch.token.length);
    step.setRows(0, batch);
    step.setHeads(batch, 0, batch.heads, SamplingArgs.samples(batch, 0, batch.heads));
    step.upload();
    driver.finish();
    return step;
  }

  /**
   * Times launches as a graph of them, again and again.
   *
   * @param turns launches of one kind, each reading other memory
   * @return microseconds of one launch, of each repeat
   */
  double[] micros(List<Runnable> turns) {
    turns.forEach(Runnable::run); // brings the kernels to the device
    driver.finish();
    List<Runnable> all = new ArrayList<>(turns);
    while (all.size() < effort.leastLaunches()) {
      all.addAll(turns);
    }
    CudaDriver.Graph graph = driver.record(() -> all.forEach(Runnable::run));
    try {
      double once = graphMicros(graph, 1);
      int times = (int) Math.max(1, Math.min(MOST_TIMES, Math.ceil(effort.leastMicros() / once)));
      double[] samples = new double[effort.repeats()];
      for (int i = 0; i < samples.length; i++) {
        samples[i] = graphMicros(graph, times) / all.size();
      }
      return samples;
    } finally {
      driver.free(graph);
    }
  }

  /**
   * Times launches that are no graph, again and again.
   *
   * @param turn launches the kind's i-th
   * @return microseconds of one launch, of each repeat
   */
  double[] directMicros(IntConsumer turn) {
    turn.accept(0);
    driver.finish();
    double once = directMicros(turn, 1);
    double most = Math.ceil(effort.leastMicros() / once);
    int times = (int) Math.max(effort.leastLaunches(), Math.min(MOST_TIMES, most));
    double[] samples = new double[effort.repeats()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = directMicros(turn, times);
    }
    return samples;
  }

  private double directMicros(IntConsumer turn, int times) {
    return hostMicros(
        times,
        () -> {
          for (int i = 0; i < times; i++) {
            turn.accept(i);
          }
          driver.finish();
        });
  }

  private double graphMicros(CudaDriver.Graph graph, int times) {
    return hostMicros(
        times,
        () -> {
          for (int i = 0; i < times; i++) {
            driver.launch(graph);
          }
          driver.finish();
        });
  }

  /** Microseconds by the host's clock of one of so many times. */
  static double hostMicros(int times, Runnable all) {
    long start = System.nanoTime();
    all.run();
    return (System.nanoTime() - start) / 1e3 / times;
  }

  @Override
  public void close() {
    arguments.close();
    driver.close();
  }
}
