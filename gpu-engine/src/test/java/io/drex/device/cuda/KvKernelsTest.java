package io.drex.device.cuda;

import static io.drex.device.cuda.KernelCase.assertClose;
import static io.drex.device.cuda.KernelCase.gaussians;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What writes cells and token tables. */
class KvKernelsTest {
  private static final int POSITIONS = 40;
  private static final int CELLS = 30;
  private static final int POISON = 0xCDCDCDCD;
  private static final float EPS = 1e-6f;

  @Test
  void entersTheRowsCellsIntoTheirTables() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          StepBuilder step = rows(random, 7);
          DeviceArray tables = gpu.allocate(4L * 7 * POSITIONS);
          gpu.launch(
              "drex_kv_entries",
              2,
              1,
              1,
              256,
              step.upload(gpu),
              step.maxRows,
              gpu.ints(step.entry),
              tables,
              POSITIONS);
          int[] expected = new int[7 * POSITIONS];
          Arrays.fill(expected, POISON);
          for (int row = 0; row < 7; row++) {
            expected[step.table[row] * POSITIONS + step.position[row]] = step.entry[row];
          }
          assertThat(tables.readInts()).isEqualTo(expected);
        });
  }

  @ParameterizedTest(name = "heads of {0}, {1} of queries, {2} of keys, normed: {3}")
  @CsvSource({"12,4,2,false", "16,4,2,true", "128,2,2,true", "64,5,1,false"})
  void rotatesQueriesAndWritesKeysAndValues(int headDim, int heads, int kvHeads, boolean isNormed) {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          Projection projection = new Projection(random, rows(random, 5), headDim, heads, kvHeads);
          projection.run(gpu, isNormed, 0);
          projection.assertQueriesAndCells(isNormed);
        });
  }

  @Test
  void leavesQueriesAloneWhereOnlyKeysAndValuesAreWanted() {
    KernelCase.forSeeds(
        2,
        (gpu, random) -> {
          Projection projection = new Projection(random, rows(random, 5), 24, 3, 1);
          projection.run(gpu, true, 3);
          projection.assertCells(true);
          projection.assertQueriesUntouched();
        });
  }

  @Test
  void copiesTheLastLayersCellsToDeeperLayers() {
    KernelCase.forSeeds(
        3,
        (gpu, random) -> {
          int elements = 2 * 8 * (1 + random.nextInt(5));
          StepBuilder step = rows(random, 4);
          int[] tables = random.ints(3 * 4 * POSITIONS, 0, CELLS).toArray();
          for (int i = 0; i < 3 * 4 * POSITIONS; i++) {
            tables[i] = i % (4 * POSITIONS) / POSITIONS + 4 * (tables[i] / 4 % 7); // of one table
          }
          float[] source = gaussians(random, CELLS * elements);
          DeviceArray[] layers = new DeviceArray[5];
          Arrays.setAll(layers, i -> gpu.allocate(2L * CELLS * elements));
          layers[1] = gpu.bf16(source);
          gpu.launch(
              "drex_kv_copy",
              6,
              3,
              1,
              128,
              step.upload(gpu),
              step.maxRows,
              0,
              2,
              gpu.ints(tables),
              (long) 4 * POSITIONS,
              POSITIONS,
              gpu.longs(Arrays.stream(layers).mapToLong(DeviceArray::address).toArray()),
              gpu.ints(1, 2, 4),
              gpu.ints(0, 0, 1, 2, 2),
              elements);
          for (int layer = 2; layer < 5; layer++) {
            float[] cells = layers[layer].readBf16();
            int segment = layer == 2 ? 1 : 2;
            for (int row = 0; row < step.rows; row++) {
              int at = step.table[row] * POSITIONS + step.position[row];
              int to = tables[segment * 4 * POSITIONS + at] * elements;
              int from = tables[at] * elements;
              for (int i = 0; i < elements; i++) {
                assertThat(cells[to + i]).isEqualTo(Bf16.rounded(source[from + i]));
              }
            }
          }
        });
  }

  private static StepBuilder rows(Random random, int rows) {
    StepBuilder step = StepBuilder.random(random, rows + 3, rows, rows + 9);
    Arrays.setAll(step.position, i -> random.nextInt(POSITIONS));
    Arrays.setAll(step.entry, i -> CELLS - 1 - 3 * i);
    return step;
  }

  /** Projected rows, before and after. */
  private static final class Projection {
    private final StepBuilder step;
    private final int headDim;
    private final int heads;
    private final int kvHeads;
    private final int ldq;
    private final float[] qkv;
    private final float[] cos;
    private final float[] sin;
    private final float[] queryNorm;
    private final float[] keyNorm;
    private float[] after = {};
    private float[] cells = {};

    Projection(Random random, StepBuilder step, int headDim, int heads, int kvHeads) {
      this.step = step;
      this.headDim = headDim;
      this.heads = heads;
      this.kvHeads = kvHeads;
      ldq = (heads + 2 * kvHeads) * headDim + 3;
      qkv = gaussians(random, step.rows * ldq);
      cos = gaussians(random, POSITIONS * headDim / 2);
      sin = gaussians(random, POSITIONS * headDim / 2);
      queryNorm = gaussians(random, headDim);
      keyNorm = gaussians(random, headDim);
    }

    private int cellHead() {
      return (headDim + 7) / 8 * 8;
    }

    void run(TestGpu gpu, boolean isNormed, int firstHead) {
      int[] table = new int[step.rows * POSITIONS];
      for (int row = 0; row < step.rows; row++) {
        table[step.table[row] * POSITIONS + step.position[row]] = step.entry[row];
      }
      DeviceArray layer = gpu.allocate(2L * CELLS * 2 * kvHeads * cellHead());
      DeviceArray projected = gpu.floats(qkv);
      gpu.launch(
          "drex_rope_kv_write",
          step.rows + 1,
          (heads + 2 * kvHeads - firstHead + 3) / 4,
          1,
          128,
          step.upload(gpu),
          step.maxRows,
          projected,
          ldq,
          gpu.floats(cos),
          gpu.floats(sin),
          isNormed ? gpu.floats(queryNorm) : (Object) 0L,
          isNormed ? gpu.floats(keyNorm) : (Object) 0L,
          EPS,
          gpu.ints(table),
          POSITIONS,
          gpu.longs(0, layer.address()),
          1,
          heads,
          kvHeads,
          headDim,
          firstHead);
      after = projected.readFloats();
      cells = layer.readBf16();
    }

    private double[] expectedHead(int row, int head, boolean isNormed) {
      double[] x = new double[headDim];
      Arrays.setAll(x, d -> qkv[row * ldq + head * headDim + d]);
      if (head >= heads + kvHeads) {
        return x;
      }
      float[] weight = head < heads ? queryNorm : keyNorm;
      double squares = Arrays.stream(x).map(v -> v * v).sum();
      double scale = 1 / Math.sqrt(squares / headDim + EPS);
      for (int d = 0; isNormed && d < headDim; d++) {
        x[d] *= scale * weight[d];
      }
      int half = headDim / 2;
      double[] rotated = new double[headDim];
      for (int i = 0; i < half; i++) {
        double c = cos[step.position[row] * half + i];
        double s = sin[step.position[row] * half + i];
        rotated[i] = x[i] * c - x[i + half] * s;
        rotated[i + half] = x[i + half] * c + x[i] * s;
      }
      return rotated;
    }

    void assertQueriesAndCells(boolean isNormed) {
      for (int row = 0; row < step.rows; row++) {
        for (int head = 0; head < heads; head++) {
          int at = row * ldq + head * headDim;
          float[] actual = Arrays.copyOfRange(after, at, at + headDim);
          assertClose(actual, expectedHead(row, head, isNormed), KernelCase.F32);
        }
      }
      assertCells(isNormed);
    }

    void assertCells(boolean isNormed) {
      for (int row = 0; row < step.rows; row++) {
        for (int head = 0; head < 2 * kvHeads; head++) {
          int at = (step.entry[row] * 2 * kvHeads + head) * cellHead();
          float[] actual = Arrays.copyOfRange(cells, at, at + cellHead());
          double[] expected = expectedHead(row, heads + head, isNormed);
          assertClose(actual, Arrays.copyOf(expected, cellHead()), KernelCase.BF16);
        }
      }
    }

    void assertQueriesUntouched() {
      for (int row = 0; row < step.rows; row++) {
        for (int i = row * ldq; i < row * ldq + heads * headDim; i++) {
          assertThat(after[i]).isEqualTo(qkv[i]);
        }
      }
    }
  }
}
