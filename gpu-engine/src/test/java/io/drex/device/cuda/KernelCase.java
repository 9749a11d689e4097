package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.BiConsumer;

/** Runs a check of a kernel with several seeds, and compares arrays. */
final class KernelCase {
  /** ‖out − expected‖ / ‖expected‖ of sums in f32. */
  static final double F32 = 1e-5;

  /** The same where results are rounded to bf16. */
  static final double BF16 = 1e-2;

  private KernelCase() {}

  static void forSeeds(int seeds, BiConsumer<TestGpu, Random> check) {
    for (int seed = 0; seed < seeds; seed++) {
      try (TestGpu gpu = TestGpu.open()) {
        check.accept(gpu, new Random(seed));
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }

  static float[] gaussians(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  static void assertClose(float[] actual, double[] expected, double tolerance) {
    assertThat(actual).hasSameSizeAs(expected);
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).as("element %d", i).isFinite();
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    assertThat(Math.sqrt(difference)).isLessThanOrEqualTo(tolerance * Math.sqrt(norm));
  }
}
