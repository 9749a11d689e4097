package io.drex.device.cuda;

import com.sun.jna.Memory;
import io.drex.model.ConfidenceMetric;
import java.util.Random;

/** Head rows of random states and one head, on an {@link TestGpu}. */
final class HeadCase {
  private static final int READING = 4;

  final StepBuilder step;
  final WeightTiles head;
  final float[] x;
  final int stride; // of logits

  private final TestGpu gpu;
  private final DeviceArray cosine;
  private final DeviceArray verdict;
  private final DeviceArray readings;
  private final DeviceArray logits;

  HeadCase(TestGpu gpu, Random random, int rows, int vocab, int inputs) {
    this.gpu = gpu;
    step = StepBuilder.random(random, rows + 5, rows, rows + 9);
    for (int row = 0; row < rows; row++) {
      step.position[row] = random.nextInt(20);
    }
    head = WeightTiles.random(random, vocab, inputs);
    x = head.randomInputs(random, step.heads);
    for (int i = 0; i < x.length; i++) {
      x[i] = Bf16.rounded(x[i] * (float) (2 / Math.sqrt(inputs)));
    }
    stride = vocab + 3;
    cosine = gpu.floats(KernelCase.gaussians(random, step.heads));
    verdict = gpu.allocate(16L * step.heads);
    readings = gpu.allocate(16L * step.heads);
    logits = gpu.allocate(4L * step.heads * stride);
  }

  int vocab() {
    return head.outputs();
  }

  double logit(int row, int token) {
    return head.product(token, x, row);
  }

  /** Runs the head with so many head rows a block. */
  void run(int blockRows, ConfidenceMetric metric) {
    int vocabTiles = (vocab() + 127) / 128;
    DeviceArray stats = gpu.allocate(32L * step.heads * vocabTiles);
    DeviceArray args = step.upload(gpu);
    gpu.launch(
        "drex_head_gemm_" + blockRows,
        step.heads / blockRows + 2,
        vocabTiles,
        1,
        256,
        args,
        step.maxRows,
        head.upload(gpu),
        gpu.bf16(x),
        head.kTiles(),
        vocab(),
        stats,
        vocabTiles,
        logits,
        stride);
    gpu.launch(
        "drex_head_decide",
        step.heads + 2,
        1,
        1,
        32,
        args,
        step.maxRows,
        stats,
        vocabTiles,
        vocab(),
        metric.ordinal(),
        cosine,
        verdict,
        readings);
  }

  /**
   * Draws, after {@link #run}.
   *
   * @param params as the kernel reads them
   */
  void sample(int[] params, int[] history) {
    gpu.launch(
        "drex_sample",
        step.heads + 2,
        1,
        1,
        1024,
        step.upload(gpu),
        step.maxRows,
        logits,
        gpu.allocate(4L * step.heads * stride),
        stride,
        vocab(),
        gpu.ints(params),
        gpu.ints(history),
        verdict,
        readings);
  }

  /** The logits that were kept. [head][stride] */
  float[] logits() {
    return logits.readFloats();
  }

  float[] cosines() {
    return cosine.readFloats();
  }

  float[] confidences() {
    return column(0);
  }

  int[] tokens() {
    int[] words = readings.readInts();
    int[] tokens = new int[step.heads];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = words[READING * i + 1];
    }
    return tokens;
  }

  float[] logProbs() {
    return column(2);
  }

  private float[] column(int column) {
    Memory memory = readings.downloaded();
    float[] values = new float[step.heads];
    for (int i = 0; i < values.length; i++) {
      values[i] = memory.getFloat(4L * (READING * i + column));
    }
    return values;
  }
}
