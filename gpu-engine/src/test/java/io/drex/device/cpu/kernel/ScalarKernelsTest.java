package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.device.CacheGeometry;
import io.drex.model.DType;
import io.drex.model.RopeSpec;
import io.drex.model.RopeTable;
import io.drex.model.Tensor;
import io.drex.model.TensorReader;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle against formulas in double precision; tolerances grow with the length of sums. */
class ScalarKernelsTest {
  private static final double ULP = Math.ulp(1f);

  private final Random random = new Random(5);

  static List<Integer> sizes() {
    return KernelCases.SIZES;
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aLinearLayerIsAMatrixProduct(DType dtype) {
    for (int inputs : KernelCases.SIZES) {
      Tensor tensor = KernelCases.tensor(random, dtype, 37, inputs);
      PackedMatrix w = PackedMatrix.pack(tensor, tensor);
      Panel x = panel(2, inputs);
      Panel y = Panel.allocate(2, w.paddedOutputs());
      kernels(1, 1, 2).linear(w, x, y, 2, 0, w.groups());
      float[] row = new float[inputs];
      for (int n = 0; n < 2 * 37; n++) {
        TensorReader.readRow(tensor, n % 37, row);
        double expected = 0;
        for (int k = 0; k < inputs; k++) {
          expected += (double) x.data()[x.at(1) + k] * row[k];
        }
        assertThat((double) y.data()[y.at(1) + n]).isCloseTo(expected, tolerance(inputs));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void roundingKeepsWhatIsNotFinite(KernelKind kind) {
    int[] bits = {0x7F800000, 0xFF800000, 0x7F800001, 0x7FC00000, 0x7FFF8000, 0x7FFFFFFF, -1};
    float[] x = new float[67];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(bits[i % bits.length]);
    }
    short[] rounded = new short[x.length];
    kind.create(new AttentionShape(1, 1, 2, 4)).roundToBf16(x, 0, x.length, rounded);
    for (int i = 0; i < x.length; i++) {
      float back = Float.intBitsToFloat(rounded[i] << 16);
      assertThat(back).as("%08x", bits[i % bits.length]).isEqualTo((Float) x[i]);
    }
  }

  @ParameterizedTest
  @EnumSource(DType.class)
  void aPackedMatrixGivesItsRowsBack(DType dtype) {
    Tensor tensor = KernelCases.tensor(random, dtype, 70, 13);
    PackedMatrix w = PackedMatrix.pack(tensor);
    float[] expected = new float[13];
    float[] actual = new float[15];
    for (int n = 0; n < 70; n++) {
      TensorReader.readRow(tensor, n, expected);
      w.copyOutput(n, actual, 2);
      assertThat(actual).endsWith(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void rmsNormDividesByTheRootOfTheMeanSquare(int size) {
    float[] x = floats(size);
    float[] weight = floats(size);
    float[] y = new float[size];
    kernels(1, 1, 2).rmsNorm(x, 0, weight, 1e-5f, y, 0);
    double squares = 0;
    for (float v : x) {
      squares += (double) v * v;
    }
    for (int i = 0; i < size; i++) {
      double expected = x[i] / Math.sqrt(squares / size + 1e-5f) * weight[i];
      assertThat((double) y[i]).isCloseTo(expected, tolerance(size));
    }
  }

  @Test
  void rotationTurnsPairsOfHalves() {
    int dim = 20;
    float[] x = floats(dim);
    float[] y = x.clone();
    kernels(1, 1, dim).rotate(y, 0, RopeTable.compute(dim, 300, RopeSpec.plain(10_000)), 299);
    for (int i = 0; i < dim / 2; i++) {
      double angle = 299 * Math.pow(10_000, -2.0 * i / dim);
      double a = x[i] * Math.cos(angle) - x[i + 10] * Math.sin(angle);
      double b = x[i + 10] * Math.cos(angle) + x[i] * Math.sin(angle);
      assertThat((double) y[i]).isCloseTo(a, tolerance(2));
      assertThat((double) y[i + 10]).isCloseTo(b, tolerance(2));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void attentionIsASoftmaxOverTheContextOnly(int context) {
    int dim = 12;
    float[][] earlier = cells(context, 2 * dim); // [cell][K and V of head 1]
    float[][] own = cells(context, 2 * dim);
    KvCells[] lastOfSegment = {KvCells.allocate(DType.F32, context, 2, dim)};
    KvLayer kv = new KvLayer(KvCells.allocate(DType.F32, context, 2, dim), lastOfSegment);
    float[] both = new float[4 * dim]; // K of both heads, V of both heads
    for (int cell = 0; cell < context; cell++) {
      write(kv.own(), cell, own[cell], both);
      write(lastOfSegment[0], cell, earlier[cell], both);
    }
    int[] table = new int[context + 1];
    for (int p = 0; p < context; p++) {
      table[p] = p % 3 == 1 ? CacheGeometry.alias(0, p) : context - 1 - p;
    }
    table[context] = Integer.MAX_VALUE; // reading it would fail
    Panel q = panel(1, 4 * dim);
    Panel out = Panel.allocate(1, 4 * dim);
    ScalarKernels kernels = new ScalarKernels(new AttentionShape(4, 2, dim, 2000));
    AttentionTile tile = new AttentionTile();
    tile.setRows(0, 1, context);
    tile.setKvHeads(1, 2);
    kernels.attend(kv, table, tile, q, out);
    for (int head = 2; head < 4; head++) {
      double[] expected = new double[dim];
      double sum = 0;
      for (int p = 0; p < context; p++) {
        float[] cell = p % 3 == 1 ? earlier[p] : own[context - 1 - p];
        double score = 0;
        for (int d = 0; d < dim; d++) {
          score += (double) q.data()[head * dim + d] * cell[d];
        }
        double weight = Math.exp(score / Math.sqrt(dim));
        sum += weight;
        for (int d = 0; d < dim; d++) {
          expected[d] += weight * cell[dim + d];
        }
      }
      for (int d = 0; d < dim; d++) {
        assertThat((double) out.data()[head * dim + d])
            .isCloseTo(expected[d] / sum, tolerance(context));
      }
    }
  }

  private float[][] cells(int count, int width) {
    float[][] cells = new float[count][];
    Arrays.setAll(cells, i -> floats(width));
    return cells;
  }

  /** Writes K and V of head 1. */
  private static void write(KvCells cells, int cell, float[] kv, float[] both) {
    int dim = kv.length / 2;
    System.arraycopy(kv, 0, both, dim, dim);
    System.arraycopy(kv, dim, both, 3 * dim, dim);
    cells.write(cell, both, 0);
  }

  @Test
  void swiGluGatesByTheSigmoid() {
    float[] gate = {-200, -90, -3, -0f, 0, .5f, 3, 90, 200};
    float[] up = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    float[] y = gate.clone();
    kernels(1, 1, 2).swiGlu(y, up, 0, y.length);
    for (int i = 0; i < y.length; i++) {
      double expected = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
      assertThat((double) y[i]).isCloseTo(expected, within(1e-6 * Math.max(1, expected)));
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void aHeadReadsSoftmaxProbabilities(int size) {
    float[] logits = floats(size + 1);
    LogitStats stats = new LogitStats();
    kernels(1, 1, 2).readLogits(logits, 0, size + 1, stats);
    double sum = 0;
    double best = Double.NEGATIVE_INFINITY;
    double second = best;
    int token = -1;
    for (int i = 0; i <= size; i++) {
      sum += Math.exp(logits[i]);
      second = Math.max(second, Math.min(best, logits[i]));
      token = logits[i] > best ? i : token;
      best = Math.max(best, logits[i]);
    }
    double maxProb = Math.exp(best) / sum;
    double margin = maxProb - Math.exp(second) / sum;
    assertThat(stats.token()).isEqualTo(token);
    assertThat((double) stats.maxProb()).isCloseTo(maxProb, tolerance(size));
    assertThat((double) stats.margin()).isCloseTo(margin, tolerance(size));
    assertThat((double) stats.logitMargin()).isCloseTo(best - second, tolerance(size));
    assertThat((double) stats.logProb(logits[size]))
        .isCloseTo(logits[size] - Math.log(sum), tolerance(size));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void certaintyIsOneLessTheNormalisedEntropy(int size) {
    float[] logits = floats(size + 1);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    double entropy = 0;
    for (float logit : logits) {
      double p = Math.exp(logit) / sum;
      entropy -= p * Math.log(p);
    }
    assertThat((double) certainty(logits))
        .isCloseTo(1 - entropy / Math.log(size + 1), tolerance(size));
  }

  @Test
  void certaintyReachesBothEnds() {
    assertThat(certainty(new float[77])).isCloseTo(0, within(1e-6f));
    assertThat(certainty(new float[] {0, 400, 0, 0})).isEqualTo(1);
    assertThat(certainty(new float[] {3})).as("a vocabulary of one").isEqualTo(1);
  }

  private static float certainty(float[] logits) {
    Kernels kernels = kernels(1, 1, 2);
    LogitStats stats = new LogitStats();
    kernels.readLogits(logits, 0, logits.length, stats);
    float spreads = kernels.sumOfSpreads(logits, 0, logits.length, stats.max());
    return stats.certainty(spreads, logits.length);
  }

  @Test
  void exponentialsAreWithinTwoUlp() {
    for (float x = Exp.LOWEST; x <= Exp.HIGHEST; x += .00137f) {
      double exact = StrictMath.exp(x);
      assertThat((double) Exp.exp(x))
          .isCloseTo(exact, within(2 * (double) Math.ulp((float) exact)));
    }
    assertThat(Exp.exp(0)).isEqualTo(1);
    assertThat(Exp.exp(Float.NEGATIVE_INFINITY)).isEqualTo(Exp.exp(Exp.LOWEST)).isPositive();
    assertThat(Exp.exp(Float.POSITIVE_INFINITY)).isEqualTo(Exp.exp(Exp.HIGHEST)).isFinite();
  }

  @Test
  void notANumberStaysSo() {
    for (int bits : new int[] {0x7FC00000, 0x7FC00001, 0x7F800001, 0xFFC001FF}) {
      assertThat(Exp.exp(Float.intBitsToFloat(bits))).isNaN();
    }
  }

  private static Offset<Double> tolerance(int length) {
    return within(8 * ULP * Math.sqrt(length) * Math.log(2 + length));
  }

  private static Kernels kernels(int heads, int kvHeads, int headDim) {
    return new ScalarKernels(new AttentionShape(heads, kvHeads, headDim, 2000));
  }

  private Panel panel(int rows, int stride) {
    Panel panel = Panel.allocate(rows, stride);
    System.arraycopy(floats(rows * stride), 0, panel.data(), 0, rows * stride);
    return panel;
  }

  private float[] floats(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
