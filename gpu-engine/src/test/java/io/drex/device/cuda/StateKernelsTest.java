package io.drex.device.cuda;

import static io.drex.device.cuda.KernelCase.assertClose;
import static io.drex.device.cuda.KernelCase.gaussians;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Kernels that read and write hidden states alone. */
class StateKernelsTest {
  private static final float EPS = 1e-5f;
  private static final int SLOTS = 37;
  private static final int MAX_ROWS = 24;
  private static final int BUCKET = 16;

  @Test
  void normsEachRowsStateAndPadsItWithZeros() {
    KernelCase.forSeeds(
        8,
        (gpu, random) -> {
          int d = 1 + random.nextInt(600);
          int width = (d + 15) / 16 * 16;
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(12), SLOTS);
          float[] hidden = gaussians(random, SLOTS * d);
          float[] weight = gaussians(random, d);
          DeviceArray out = gpu.allocate(2L * MAX_ROWS * width);
          gpu.launch(
              "drex_rmsnorm_gather",
              BUCKET,
              1,
              1,
              256,
              step.upload(gpu),
              MAX_ROWS,
              0,
              gpu.floats(hidden),
              gpu.floats(weight),
              out,
              d,
              EPS);
          float[] all = out.readBf16();
          double[] expected = new double[step.rows * width];
          for (int row = 0; row < step.rows; row++) {
            double scale = scale(hidden, step.slot[row] * d, d);
            for (int k = 0; k < d; k++) {
              expected[row * width + k] = hidden[step.slot[row] * d + k] * scale * weight[k];
            }
          }
          assertClose(Arrays.copyOf(all, expected.length), expected, KernelCase.BF16);
          assertPoisoned(all, expected.length);
        });
  }

  @Test
  void castsHeadRowsWithoutANorm() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int d = 16 * (1 + random.nextInt(9));
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(12), SLOTS);
          float[] hidden = gaussians(random, SLOTS * d);
          DeviceArray out = gpu.allocate(2L * MAX_ROWS * d);
          gpu.launch(
              "drex_rmsnorm_gather",
              BUCKET,
              1,
              1,
              256,
              step.upload(gpu),
              MAX_ROWS,
              1,
              gpu.floats(hidden),
              0L,
              out,
              d,
              EPS);
          float[] all = out.readBf16();
          for (int head = 0; head < step.heads; head++) {
            for (int k = 0; k < d; k++) {
              float state = hidden[step.headSlot(head) * d + k];
              assertThat(all[head * d + k]).isEqualTo(Bf16.rounded(state));
            }
          }
          assertPoisoned(all, step.heads * d);
        });
  }

  @Test
  void embedsFromRepackedWeights() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int d = 1 + random.nextInt(100);
          int vocab = 1 + random.nextInt(100);
          int kTiles = (d + 15) / 16;
          float[] table = gaussians(random, vocab * d);
          DeviceArray tiles = gpu.allocate((vocab + 15) / 16 * kTiles * 512L);
          gpu.launch(
              "drex_repack_tiles",
              (d + 255) / 256,
              vocab,
              1,
              256,
              tiles,
              gpu.floats(table),
              1,
              vocab,
              d,
              kTiles,
              0,
              0);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(12), SLOTS);
          Arrays.setAll(step.token, i -> random.nextInt(vocab));
          DeviceArray hidden = gpu.allocate(4L * SLOTS * d);
          gpu.launch(
              "drex_embed_gather",
              BUCKET,
              1,
              1,
              256,
              step.upload(gpu),
              MAX_ROWS,
              hidden,
              tiles,
              d,
              kTiles);
          float[] states = hidden.readFloats();
          for (int row = 0; row < step.rows; row++) {
            for (int k = 0; k < d; k++) {
              float weight = table[step.token[row] * d + k];
              assertThat(states[step.slot[row] * d + k]).isEqualTo(Bf16.rounded(weight));
            }
          }
        });
  }

  @Test
  void comparesStatesWithThoseAtTheEntry() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int d = 1 + random.nextInt(600);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(12), SLOTS);
          DeviceArray args = step.upload(gpu);
          float[] before = gaussians(random, SLOTS * d);
          float[] after = gaussians(random, SLOTS * d);
          Arrays.fill(after, step.headSlot(0) * d, (step.headSlot(0) + 1) * d, 0);
          DeviceArray kept = gpu.allocate(4L * MAX_ROWS * d);
          DeviceArray cosine = gpu.allocate(4L * MAX_ROWS);
          DeviceArray entry = gpu.floats(before);
          gpu.launch("drex_keep_entry", BUCKET, 1, 1, 256, args, MAX_ROWS, entry, kept, d);
          gpu.launch(
              "drex_cosine", BUCKET, 1, 1, 256, args, MAX_ROWS, gpu.floats(after), kept, cosine, d);
          float[] actual = cosine.readFloats();
          assertThat(actual[0]).isZero();
          for (int head = 1; head < step.heads; head++) {
            int at = step.headSlot(head) * d;
            double expected =
                dot(before, after, at, d)
                    / Math.sqrt(dot(before, before, at, d) * dot(after, after, at, d));
            assertThat((double) actual[head]).isCloseTo(expected, within(1e-5));
          }
        });
  }

  private static double scale(float[] hidden, int at, int d) {
    return 1 / Math.sqrt(dot(hidden, hidden, at, d) / d + EPS);
  }

  private static double dot(float[] a, float[] b, int at, int d) {
    double sum = 0;
    for (int k = at; k < at + d; k++) {
      sum += (double) a[k] * b[k];
    }
    return sum;
  }

  private static void assertPoisoned(float[] values, int from) {
    float poison = Bf16.value((short) 0xCDCD);
    for (int i = from; i < values.length; i++) {
      assertThat(values[i]).as("element %d", i).isEqualTo(poison);
    }
  }
}
