package io.drex.device.cpu.kernel;

import io.drex.model.DType;
import java.util.Arrays;
import java.util.Random;

/**
 * Prints how fast one thread runs bf16 linear layers, as GFLOP/s and as a share of the
 * multiply-adds that the vector units do in the same run. Not a test: run it alone on a quiet
 * machine, several times, because compiled speed varies by launch.
 */
public final class LinearBenchmark {
  private static final int[][] SHAPES = {{2048, 2048}, {5632, 2048}};
  private static final int[] ROWS = {1, 8, 32, 256};
  private static final int ROUNDS = 7;
  private static final double SECONDS = 0.12;

  private LinearBenchmark() {}

  public static void main(String[] args) {
    for (int[] shape : SHAPES) {
      measure(shape[0], shape[1]);
    }
  }

  private static void measure(int outputs, int inputs) {
    Random random = new Random(1);
    PackedMatrix w = PackedMatrix.pack(KernelCases.tensor(random, DType.BF16, outputs, inputs));
    Panel x = Panel.allocate(256, inputs);
    for (int i = 0; i < x.data.length; i++) {
      x.data[i] = (float) random.nextGaussian();
    }
    Panel y = Panel.allocate(256, outputs);
    Kernels kernels = KernelKind.VECTOR.create(new AttentionShape(1, 1, 2, 4));
    double[] peak = new double[ROUNDS];
    double[][] speed = new double[ROWS.length][ROUNDS];
    float[] sink = new float[VectorPeaks.sinkLength()];
    for (int round = -2; round < ROUNDS; round++) { // the first two warm up
      int at = Math.max(round, 0);
      peak[at] = speed(() -> VectorPeaks.multiplyAdd(1 << 16, sink));
      for (int i = 0; i < ROWS.length; i++) {
        int rows = ROWS[i];
        speed[i][at] =
            speed(
                () -> {
                  kernels.linear(w, x, y, rows, 0, w.groups());
                  return 2.0 * rows * outputs * inputs;
                });
      }
    }
    Arrays.sort(peak);
    System.out.printf(
        "%d x %d  peak %.1f [%.1f, %.1f]",
        outputs, inputs, peak[ROUNDS / 2], peak[0], peak[ROUNDS - 1]);
    for (int i = 0; i < ROWS.length; i++) {
      Arrays.sort(speed[i]);
      System.out.printf(
          "  M=%d %.1f [%.1f, %.1f] %.0f%%",
          ROWS[i],
          speed[i][ROUNDS / 2],
          speed[i][0],
          speed[i][ROUNDS - 1],
          100 * speed[i][ROUNDS / 2] / peak[ROUNDS / 2]);
    }
    System.out.println();
  }

  private interface Work {
    /** Operations done. */
    double run();
  }

  /** GFLOP/s. */
  private static double speed(Work work) {
    double operations = 0;
    long start = System.nanoTime();
    long nanos;
    do {
      operations += work.run();
      nanos = System.nanoTime() - start;
    } while (nanos < SECONDS * 1e9);
    return operations / nanos;
  }
}
