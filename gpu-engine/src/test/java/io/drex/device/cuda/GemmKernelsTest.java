package io.drex.device.cuda;

import static io.drex.device.cuda.KernelCase.assertClose;
import static io.drex.device.cuda.KernelCase.gaussians;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Linear layers and their epilogues. */
class GemmKernelsTest {
  private static final Block[] BLOCKS = {
    new Block("8", 8, 16),
    new Block("16", 16, 16),
    new Block("32_by_32", 32, 32),
    new Block("64_by_32", 32, 64),
    new Block("64_by_64", 64, 64),
    new Block("64_by_128", 128, 64),
    new Block("128_by_128", 128, 128)
  };
  private static final int MAX_ROWS = 140;
  private static final int SLOTS = 150;

  @Test
  void everyBlockSizeGivesTheSameBitsCloseToTheProduct() {
    KernelCase.forSeeds(
        6,
        (gpu, random) -> {
          int rows = 1 + random.nextInt(random.nextBoolean() ? 9 : 130);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, rows, SLOTS);
          WeightTiles w =
              WeightTiles.random(random, 1 + random.nextInt(50), 1 + random.nextInt(400));
          float[] x = w.randomInputs(random, rows);
          float[] bias = gaussians(random, w.outputs());
          double[] expected = new double[rows * w.outputs()];
          for (int i = 0; i < expected.length; i++) {
            int output = i % w.outputs();
            expected[i] = w.product(output, x, i / w.outputs()) + bias[output];
          }
          Gemm gemm = new Gemm(gpu, step, w.upload(gpu), w.kTiles(), gpu.bf16(x), w.outputs());
          float[] first = gemm.store(BLOCKS[0], 0, gpu.floats(bias));
          assertClose(first, expected, KernelCase.F32);
          for (Block block : BLOCKS) {
            assertThat(gemm.store(block, 0, gpu.floats(bias))).as("%s", block).isEqualTo(first);
          }
        });
  }

  @Test
  void aRowsResultDoesNotDependOnItsPlace() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          int rows = 20;
          WeightTiles w = WeightTiles.random(random, 33, 1 + random.nextInt(300));
          float[] x = w.randomInputs(random, rows);
          int width = x.length / rows;
          DeviceArray tiles = w.upload(gpu);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, rows, SLOTS);
          float[] all =
              new Gemm(gpu, step, tiles, w.kTiles(), gpu.bf16(x), w.outputs())
                  .store(BLOCKS[3], 0, null);
          int row = random.nextInt(rows);
          StepBuilder one = StepBuilder.random(random, MAX_ROWS, 1, SLOTS);
          float[] alone = Arrays.copyOfRange(x, row * width, (row + 1) * width);
          assertThat(
                  new Gemm(gpu, one, tiles, w.kTiles(), gpu.bf16(alone), w.outputs())
                      .store(BLOCKS[0], 0, null))
              .isEqualTo(Arrays.copyOfRange(all, row * 33, (row + 1) * 33));
        });
  }

  @Test
  void computesTheLastTilesOfOutputsAlone() {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          int rows = 5;
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, rows, SLOTS);
          WeightTiles w = WeightTiles.random(random, 75, 70);
          float[] x = w.randomInputs(random, rows);
          Gemm gemm = new Gemm(gpu, step, w.upload(gpu), w.kTiles(), gpu.bf16(x), w.outputs());
          float[] all = gemm.store(BLOCKS[4], 0, null);
          float[] last = gemm.store(BLOCKS[4], 2, null);
          float poison = Float.intBitsToFloat(0xCDCDCDCD);
          for (int i = 0; i < all.length; i++) {
            assertThat(last[i]).isEqualTo(i % 75 < 32 ? poison : all[i]);
          }
        });
  }

  @Test
  void addsToTheRowsStates() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int rows = 1 + random.nextInt(40);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, rows, SLOTS);
          WeightTiles w =
              WeightTiles.random(random, 1 + random.nextInt(50), 1 + random.nextInt(100));
          float[] x = w.randomInputs(random, rows);
          int d = w.outputs();
          float[] hidden = gaussians(random, SLOTS * d);
          double[] expected = new double[hidden.length];
          Arrays.setAll(expected, i -> hidden[i]);
          for (int row = 0; row < rows; row++) {
            for (int o = 0; o < d; o++) {
              expected[step.slot[row] * d + o] += w.product(o, x, row);
            }
          }
          for (Block block : BLOCKS) {
            DeviceArray states = gpu.floats(hidden);
            Gemm gemm = new Gemm(gpu, step, w.upload(gpu), w.kTiles(), gpu.bf16(x), d);
            gemm.launch("residual", block, 0, 0, 0L, states, states, d);
            assertClose(states.readFloats(), expected, KernelCase.F32);
          }
        });
  }

  @Test
  void addsHeadRowsStatesToWhatLiesByHead() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, 1 + random.nextInt(40), SLOTS);
          WeightTiles w = WeightTiles.random(random, 37, 1 + random.nextInt(100));
          float[] x = w.randomInputs(random, step.heads);
          float[] hidden = gaussians(random, SLOTS * 37);
          double[] expected = new double[step.heads * 37];
          for (int i = 0; i < expected.length; i++) {
            int head = i / 37;
            expected[i] = hidden[step.headSlot(head) * 37 + i % 37] + w.product(i % 37, x, head);
          }
          DeviceArray lifted = gpu.allocate(4L * expected.length);
          Gemm gemm = new Gemm(gpu, step, w.upload(gpu), w.kTiles(), gpu.bf16(x), 37);
          gemm.launch("residual", BLOCKS[1], 1, 0, 0L, gpu.floats(hidden), lifted, 37);
          assertClose(lifted.readFloats(), expected, KernelCase.F32);
        });
  }

  @Test
  void gatesByTheSigmoidWeightedUnit() {
    KernelCase.forSeeds(
        4,
        (gpu, random) -> {
          int rows = 1 + random.nextInt(70);
          StepBuilder step = StepBuilder.random(random, MAX_ROWS, rows, SLOTS);
          int width = 1 + random.nextInt(60);
          WeightTiles gate = WeightTiles.random(random, width, 1 + random.nextInt(40));
          WeightTiles up = WeightTiles.random(random, width, gate.inputs());
          int padded = WeightTiles.padded(width);
          float[] x = gate.randomInputs(random, rows);
          double[] expected = swiGlu(gate, up, x, rows, padded);
          for (Block block : BLOCKS) {
            DeviceArray out = gpu.allocate(2L * expected.length);
            DeviceArray tiles = gate.interleaved(gpu, up);
            new Gemm(gpu, step, tiles, gate.kTiles(), gpu.bf16(x), 2 * padded)
                .launch("swiglu", block, 0, 0, 0L, 0L, out, padded);
            assertClose(out.readBf16(), expected, KernelCase.BF16);
          }
        });
  }

  private static double[] swiGlu(WeightTiles gate, WeightTiles up, float[] x, int rows, int ldo) {
    double[] expected = new double[rows * ldo];
    for (int i = 0; i < expected.length; i++) {
      int j = i % ldo;
      if (j < gate.outputs()) {
        double g = gate.product(j, x, i / ldo);
        expected[i] = g / (1 + Math.exp(-g)) * up.product(j, x, i / ldo);
      }
    }
    return expected;
  }

  /** A kernel: rows and outputs of its blocks. */
  private record Block(String name, int rows, int outputs) {}

  /** Launches of one product, with the grid that a bucket above the rows has. */
  private record Gemm(
      TestGpu gpu, StepBuilder step, DeviceArray tiles, int kTiles, DeviceArray x, int outputs) {

    float[] store(Block block, int firstTile, @Nullable DeviceArray bias) {
      DeviceArray out = gpu.allocate(4L * step.rows * outputs);
      Object orNone = bias == null ? (Object) 0L : bias;
      launch("store", block, 0, firstTile, orNone, 0L, out, outputs);
      return out.readFloats();
    }

    void launch(
        String epilogue,
        Block block,
        int index,
        int firstTile,
        Object bias,
        Object states,
        DeviceArray out,
        int ldo) {
      int tilesPerBlock = block.outputs() / 16;
      int wanted = WeightTiles.padded(outputs) / 16 - firstTile;
      gpu.launch(
          "drex_gemm_" + epilogue + "_" + block.name(),
          step.rows / block.rows() + 2,
          (wanted + tilesPerBlock - 1) / tilesPerBlock,
          1,
          256,
          step.upload(gpu),
          MAX_ROWS,
          index,
          tiles,
          x,
          kTiles,
          firstTile,
          outputs,
          bias,
          states,
          out,
          ldo);
    }
  }
}
