package io.drex.device.cuda;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.Sampling;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;

/** The product's own exit heads and sampling, alone. */
public final class HeadBench {
  private static final int[] GEMM_ROWS = {8, 32, 128};
  private static final int FIGURES = 8; // of a head row and a part of the vocabulary
  private static final int VERDICT_BYTES = 16;
  private static final Sampling USUAL = new Sampling(.8f, 50, .95f, 0, 1.1f);

  private final BenchGpu gpu;
  private final ModelSpec spec;

  /**
   * @param spec whose head it is
   */
  public HeadBench(BenchGpu gpu, ModelSpec spec) {
    this.gpu = gpu;
    this.spec = spec;
  }

  /** Bytes that the head's matrix product must read. */
  public double bytes() {
    return 2.0 * spec.vocabSize() * spec.hiddenSize();
  }

  /** Operations of the head's matrix product over so many rows. */
  public double flops(int rows) {
    return 2.0 * rows * spec.vocabSize() * spec.hiddenSize();
  }

  /** Microseconds of a head: norm, matrix product with its statistics, decision. */
  public double[] micros(int rows) {
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = gpu.step(memory, BenchGpu.batch(rows));
      List<Runnable> turns = new ArrayList<>();
      for (Matrix linear : matrices(memory)) {
        ExitHead head = head(memory, step, linear, rows);
        turns.add(() -> head.read(rows));
      }
      return gpu.micros(turns);
    }
  }

  /** Microseconds of its matrix product alone, with the statistics that are its epilogue. */
  public double[] gemmMicros(int rows) {
    int block = 0;
    while (block < GEMM_ROWS.length - 1 && GEMM_ROWS[block] < rows) {
      block++;
    }
    int blockRows = GEMM_ROWS[block];
    int parts = ExitHead.vocabTiles(spec);
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = gpu.step(memory, BenchGpu.batch(rows));
      List<Runnable> turns = new ArrayList<>();
      for (Matrix linear : matrices(memory)) {
        HeadPlaces at = places(memory, rows);
        Arguments.List list =
            step.arguments()
                .add(linear.tiles())
                .add(at.inputs())
                .add(linear.inputTiles())
                .add(spec.vocabSize())
                .add(at.stats())
                .add(parts)
                .add(at.logits())
                .add(at.logitStride());
        CudaDriver.Launch launch = gpu.kernels().prepare("head_gemm_" + blockRows, 256, list);
        int alongRows = (rows + blockRows - 1) / blockRows;
        turns.add(() -> gpu.driver().launch(launch, alongRows, parts));
      }
      return gpu.micros(turns);
    }
  }

  /** Microseconds of drawing tokens with a temperature, top-k, top-p and a penalty. */
  public double[] sampleMicros(int rows) {
    RowBatch batch = BenchGpu.batch(rows);
    for (int head = 0; head < rows; head++) {
      batch.sampling.set(head, USUAL, head + 1, new int[] {head});
    }
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = gpu.step(memory, batch);
      HeadPlaces at = places(memory, rows);
      long norm = memory.allocate("a norm", (long) spec.hiddenSize() * Float.BYTES);
      head(step, matrices(memory).get(0), at, norm).read(rows); // makes the logits
      SamplingArgs sampling = new SamplingArgs(gpu.driver(), memory, rows, rows);
      sampling.upload(batch, 0, rows);
      long bytes = (long) rows * at.logitStride() * Float.BYTES;
      Arguments.List list =
          step.arguments()
              .add(at.logits())
              .add(memory.allocate("logits", bytes))
              .add(at.logitStride())
              .add(spec.vocabSize())
              .add(sampling.fields())
              .add(sampling.history())
              .add(at.verdict())
              .add(at.readings());
      CudaDriver.Launch launch = gpu.kernels().prepare("sample", 1024, list);
      return gpu.micros(List.of(() -> gpu.driver().launch(launch, rows, 1)));
    }
  }

  /**
   * Microseconds from asking for a head of one row until the host has its reading.
   *
   * @param byPolling memory that the device writes; else by waiting for the stream
   */
  double[] readingMicros(int times, boolean byPolling) {
    RowBatch batch = BenchGpu.batch(1);
    HeadReadings out = new HeadReadings(1);
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = gpu.step(memory, batch);
      Readings readings = new Readings(gpu.driver(), memory, 1);
      HeadPlaces at = places(memory, 1, readings.deviceAddress());
      ExitHead head = head(step, matrices(memory).get(0), at, 0);
      Runnable once =
          () -> {
            step.setHeads(batch, 0, 1, false);
            step.upload();
            head.read(1);
            if (byPolling) {
              readings.await(1, step.call());
            } else {
              gpu.driver().finish();
            }
            readings.copy(1, out, 0);
          };
      double[] samples = new double[gpu.repeats()];
      for (int i = 0; i < samples.length; i++) {
        once.run();
        gpu.driver().finish();
        samples[i] = BenchGpu.hostMicros(times, () -> repeat(times, once));
      }
      return samples;
    }
  }

  private static void repeat(int times, Runnable once) {
    for (int i = 0; i < times; i++) {
      once.run();
    }
  }

  private List<Matrix> matrices(DeviceMemory memory) {
    long bytes = Matrix.bytes(spec.vocabSize(), spec.hiddenSize());
    List<Matrix> matrices = new ArrayList<>();
    for (int i = 0; i < gpu.rotated(bytes); i++) {
      long tiles = memory.allocate("a head", bytes);
      matrices.add(new Matrix(tiles, spec.vocabSize(), spec.hiddenSize()));
    }
    return matrices;
  }

  private ExitHead head(DeviceMemory memory, StepArgs step, Matrix linear, int rows) {
    long norm = memory.allocate("a norm", (long) spec.hiddenSize() * Float.BYTES);
    return head(step, linear, places(memory, rows), norm);
  }

  private ExitHead head(StepArgs step, Matrix linear, HeadPlaces at, long norm) {
    HeadWeights weights = new HeadWeights(null, norm, linear);
    return new ExitHead(step, spec, weights, ConfidenceMetric.MARGIN, at);
  }

  private HeadPlaces places(DeviceMemory memory, int rows) {
    return places(memory, rows, memory.allocate("readings", (long) rows * VERDICT_BYTES));
  }

  private HeadPlaces places(DeviceMemory memory, int rows, long readings) {
    int stride = Matrix.padded(spec.vocabSize());
    long stats = (long) rows * ExitHead.vocabTiles(spec) * FIGURES * Float.BYTES;
    return new HeadPlaces(
        memory.allocate("states", (long) rows * spec.hiddenSize() * Float.BYTES),
        memory.allocate("inputs", (long) rows * Matrix.padded(spec.hiddenSize()) * Short.BYTES),
        0,
        0,
        memory.allocate("figures", stats),
        memory.allocate("logits", (long) rows * stride * Float.BYTES),
        stride,
        0,
        memory.allocate("verdicts", (long) rows * VERDICT_BYTES),
        readings);
  }
}
