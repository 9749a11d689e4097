package io.drex.device.cuda;

import static io.drex.device.cuda.KernelCase.assertClose;
import static io.drex.device.cuda.KernelCase.gaussians;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The kernels around a library's products. */
class LibraryKernelsTest {
  private static final int MAX_ROWS = 60;
  private static final int SLOTS = 70;

  @Test
  void unpacksTheBitsOfEveryWeight() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int outputs = 1 + random.nextInt(50);
          WeightTiles w = WeightTiles.random(random, outputs, 1 + random.nextInt(300));
          float[] rows = unpack(gpu, w.upload(gpu), WeightTiles.padded(outputs), w.kTiles());
          int width = 16 * w.kTiles();
          for (int i = 0; i < rows.length; i++) {
            int output = i / width;
            int k = i % width;
            boolean isThere = output < outputs && k < w.inputs();
            assertThat(rows[i])
                .as("output %d, input %d", output, k)
                .isEqualTo(isThere ? w.weights()[output * w.inputs() + k] : 0);
          }
        });
  }

  @Test
  void unpacksGatesAndUpsInTheirOrder() {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          WeightTiles gate = WeightTiles.random(random, 20, 33);
          WeightTiles up = WeightTiles.random(random, 20, 33);
          float[] rows = unpack(gpu, gate.interleaved(gpu, up), 64, gate.kTiles());
          for (int j = 0; j < 20; j++) {
            int row = j / 8 * 16 + j % 8;
            for (int k = 0; k < 33; k++) {
              assertThat(rows[row * 48 + k]).isEqualTo(gate.weights()[j * 33 + k]);
              assertThat(rows[(row + 8) * 48 + k]).isEqualTo(up.weights()[j * 33 + k]);
            }
          }
        });
  }

  private static float[] unpack(TestGpu gpu, DeviceArray tiles, int outputs, int kTiles) {
    DeviceArray rows = gpu.allocate(2L * outputs * 16 * kTiles);
    gpu.launch("drex_unpack_tiles", (kTiles + 7) / 8, outputs / 16, 1, 256, tiles, rows, kTiles);
    return rows.readBf16();
  }

  @Test
  void addsTheBiasWhereTheSumsAre() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          Product product = Product.random(random, 1 + random.nextInt(600), 3);
          float[] bias = gaussians(random, product.outputs);
          int stride = product.stride;
          float[] expected = gaussians(random, product.step.rows * stride);
          System.arraycopy(product.sums, 0, expected, product.first * stride, product.sums.length);
          DeviceArray out = gpu.floats(expected);
          long sums = out.address() + (long) product.first * stride * Float.BYTES;
          product.finish(gpu, "store", sums, gpu.floats(bias), 0L, out, stride);
          for (int i = 0; i < product.count * product.outputs; i++) {
            int row = product.first + i / product.outputs;
            expected[row * stride + i % product.outputs] += bias[i % product.outputs];
          }
          assertThat(out.readFloats()).isEqualTo(expected);
        });
  }

  @Test
  void addsToTheStatesOfItsRows() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          Product product = Product.random(random, 1 + random.nextInt(600), 0);
          int d = product.outputs;
          float[] hidden = gaussians(random, SLOTS * d);
          DeviceArray states = gpu.floats(hidden);
          product.finish(gpu, "residual", gpu.floats(product.sums), 0L, states, states, d);
          float[] expected = hidden.clone();
          for (int i = 0; i < product.count; i++) {
            for (int o = 0; o < d; o++) {
              int slot = product.step.slot[product.first + i];
              expected[slot * d + o] += product.sums[i * d + o];
            }
          }
          assertThat(states.readFloats()).isEqualTo(expected);
        });
  }

  @Test
  void gatesByTheSigmoidWeightedUnit() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          int width = WeightTiles.padded(1 + random.nextInt(300));
          Product product = Product.random(random, 2 * width, 0);
          DeviceArray out = gpu.bf16(new float[product.step.rows * width]);
          product.finish(gpu, "swiglu", gpu.floats(product.sums), 0L, 0L, out, width);
          double[] expected = new double[product.step.rows * width];
          for (int i = 0; i < product.count * width; i++) {
            int j = i % width;
            int at = i / width * product.stride + j / 8 * 16 + j % 8;
            double gate = product.sums[at];
            expected[product.first * width + i] =
                gate / (1 + Math.exp(-gate)) * product.sums[at + 8];
          }
          assertClose(out.readBf16(), expected, KernelCase.BF16);
        });
  }

  /** Sums of some of a call's rows, [row][stride], in rows of {@code outputs} and some unused. */
  private record Product(
      StepBuilder step, int first, int count, int outputs, int stride, float[] sums) {

    static Product random(Random random, int outputs, int unused) {
      StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(MAX_ROWS), SLOTS);
      int first = random.nextInt(step.rows);
      int count = 1 + random.nextInt(step.rows - first);
      int stride = outputs + unused;
      float[] sums = gaussians(random, count * stride);
      return new Product(step, first, count, outputs, stride, sums);
    }

    void finish(
        TestGpu gpu,
        String what,
        Object from,
        Object bias,
        Object states,
        DeviceArray out,
        int ldo) {
      Object[] arguments = {
        step.upload(gpu), MAX_ROWS, first, count, from, stride, outputs, bias, states, out, ldo
      };
      int gridY = (outputs + 255) / 256;
      gpu.launch("drex_finish_" + what, (count + 3) / 4, gridY, 1, 256, arguments);
    }
  }
}
