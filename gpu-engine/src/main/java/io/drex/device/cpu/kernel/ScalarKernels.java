package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.PackedMatrix.STREAM;

import io.drex.model.RopeTable;
import java.util.Arrays;

/**
 * Kernels in plain Java: the oracle of all others, and what runs where the vector API is absent.
 */
final class ScalarKernels implements Kernels {
  private final AttentionShape shape;
  private final float[] scores; // [position]
  private final float[] cell; // [element] K or V of one head
  private final float[] lanes = new float[Lanes.COUNT];
  private final float[] sums = new float[STREAM]; // [output within the stream]

  ScalarKernels(AttentionShape shape) {
    this.shape = shape;
    this.scores = new float[shape.maxContext()];
    this.cell = new float[shape.headDim()];
  }

  @Override
  public void linear(PackedMatrix w, Panel x, Panel y, int rows, int fromGroup, int toGroup) {
    for (int output = fromGroup * GROUP; output < toGroup * GROUP; output += STREAM) {
      for (int row = 0; row < rows; row++) {
        Arrays.fill(sums, 0);
        if (w instanceof Bf16Matrix bf16) {
          multiply(bf16, output, x.data, x.at(row));
        } else if (w instanceof Int8Matrix int8) {
          multiply(int8, output, x.data, x.at(row));
        } else {
          multiply((F32Matrix) w, output, x.data, x.at(row));
        }
        System.arraycopy(sums, 0, y.data, y.at(row) + output, STREAM);
      }
    }
  }

  private void multiply(F32Matrix w, int output, float[] x, int xAt) {
    int at = w.at(output);
    for (int k = 0; k < w.inputs; k++, at += STREAM) {
      for (int j = 0; j < STREAM; j++) {
        sums[j] = Math.fma(x[xAt + k], w.data[at + j], sums[j]);
      }
    }
  }

  private void multiply(Bf16Matrix w, int output, float[] x, int xAt) {
    int at = w.at(output);
    for (int k = 0; k < w.inputs; k += 2, at += STREAM) {
      for (int j = 0; j < STREAM; j++) {
        sums[j] = Math.fma(x[xAt + k], Bf16Matrix.low(w.data[at + j]), sums[j]);
      }
      if (k + 1 < w.inputs) {
        for (int j = 0; j < STREAM; j++) {
          sums[j] = Math.fma(x[xAt + k + 1], Bf16Matrix.high(w.data[at + j]), sums[j]);
        }
      }
    }
  }

  private void multiply(Int8Matrix w, int output, float[] x, int xAt) {
    int at = w.at(output);
    for (int k = 0; k < w.inputs; k++, at += STREAM) {
      for (int j = 0; j < STREAM; j++) {
        sums[j] = Math.fma(x[xAt + k], w.data[at + j], sums[j]);
      }
    }
    for (int j = 0; j < STREAM; j++) {
      sums[j] *= w.scale[output + j];
    }
  }

  @Override
  public void rmsNorm(float[] x, int xAt, float[] weight, float eps, float[] y, int yAt) {
    int n = weight.length;
    float scale = normScale(dot(x, xAt, x, xAt, n), n, eps);
    for (int i = 0; i < n; i++) {
      y[yAt + i] = x[xAt + i] * scale * weight[i];
    }
  }

  /** What a row whose squares have this sum is multiplied by. */
  static float normScale(float squares, int n, float eps) {
    return 1 / (float) Math.sqrt(squares / n + eps);
  }

  @Override
  public void roundToBf16(float[] x, int xAt, int n, short[] to) {
    roundToBf16From(0, x, xAt, n, to);
  }

  /** Rounds the elements [from, n). */
  static void roundToBf16From(int from, float[] x, int xAt, int n, short[] to) {
    for (int i = from; i < n; i++) {
      to[i] = (short) Bf16Cells.round(x[xAt + i]);
    }
  }

  @Override
  public void rotate(float[] x, int at, RopeTable rope, int position) {
    rotateFrom(0, x, at, rope, position);
  }

  /** Rotates the pairs [from, half). */
  static void rotateFrom(int from, float[] x, int at, RopeTable rope, int position) {
    int table = position * rope.half;
    for (int i = from; i < rope.half; i++) {
      float a = x[at + i];
      float b = x[at + i + rope.half];
      float cos = rope.cos[table + i];
      float sin = rope.sin[table + i];
      x[at + i] = Math.fma(a, cos, -(b * sin));
      x[at + i + rope.half] = Math.fma(b, cos, a * sin);
    }
  }

  @Override
  public void attend(KvLayer kv, int[] table, AttentionTile tile, Panel q, Panel out) {
    int queries = shape.queriesPerKvHead();
    for (int i = 0; i < tile.rows; i++) {
      for (int head = tile.firstKvHead; head < shape.kvHeads(); head += tile.kvHeadStep) {
        for (int h = head * queries; h < (head + 1) * queries; h++) {
          int inRow = h * shape.headDim();
          int from = q.at(tile.firstRow + i) + inRow;
          int to = out.at(tile.firstRow + i) + inRow;
          int context = tile.context + i;
          score(kv, table, context, head, q.data, from);
          float inverse = 1 / exponentials(context);
          sum(kv, table, context, head, inverse, out.data, to);
        }
      }
    }
  }

  private void score(KvLayer kv, int[] table, int context, int kvHead, float[] q, int from) {
    for (int p = 0; p < context; p++) {
      kv.cells(table[p]).readKey(KvLayer.cell(table[p]), kvHead, cell);
      float score = 0;
      for (int d = 0; d < cell.length; d++) {
        score = Math.fma(q[from + d], cell[d], score);
      }
      scores[p] = score * shape.scale();
    }
  }

  /** Σ scores[p] · V of position p, times {@code inverse}. */
  private void sum(
      KvLayer kv, int[] table, int context, int kvHead, float inverse, float[] out, int to) {
    Arrays.fill(out, to, to + cell.length, 0);
    for (int p = 0; p < context; p++) {
      kv.cells(table[p]).readValue(KvLayer.cell(table[p]), kvHead, cell);
      for (int d = 0; d < cell.length; d++) {
        out[to + d] = Math.fma(scores[p], cell[d], out[to + d]);
      }
    }
    for (int d = 0; d < cell.length; d++) {
      out[to + d] *= inverse;
    }
  }

  /** Turns scores[0, n) into exp(score − largest); returns their sum. */
  private float exponentials(int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < n; i++) {
      max = Math.max(max, scores[i]);
    }
    Arrays.fill(lanes, 0);
    for (int i = 0; i < n; i++) {
      scores[i] = Exp.exp(scores[i] - max);
      lanes[i % Lanes.COUNT] += scores[i];
    }
    return Lanes.fold(lanes);
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int from, int to) {
    for (int i = from; i < to; i++) {
      gate[i] = gate[i] / (1 + Exp.exp(-gate[i])) * up[i];
    }
  }

  @Override
  public void readLogits(float[] logits, int at, int count, LogitStats out) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + count; i++) {
      second = Math.max(second, Math.min(max, logits[i]));
      max = Math.max(max, logits[i]);
      min = Math.min(min, logits[i]);
    }
    // Extremes pass on whatever is not a number.
    if (!Float.isFinite(min) || !Float.isFinite(max)) {
      out.setNotFinite();
      return;
    }
    Arrays.fill(lanes, 0);
    for (int i = 0; i < count; i++) {
      lanes[i % Lanes.COUNT] += Exp.exp(logits[at + i] - max);
    }
    out.set(max, second, Lanes.fold(lanes), indexOf(max, logits, at));
  }

  /** The first index, counted from {@code at}, whose element equals {@code value}; there is one. */
  static int indexOf(float value, float[] elements, int at) {
    int i = at;
    while (elements[i] != value) {
      i++;
    }
    return i - at;
  }

  @Override
  public float sumOfSpreads(float[] logits, int at, int count, float max) {
    Arrays.fill(lanes, 0);
    for (int i = 0; i < count; i++) {
      int lane = i % Lanes.COUNT;
      float below = max - logits[at + i];
      lanes[lane] = Math.fma(Exp.exp(logits[at + i] - max), below, lanes[lane]);
    }
    return Lanes.fold(lanes);
  }

  @Override
  public void temper(float[] logits, int at, float max, float temperature, float[] weights) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Exp.exp((logits[at + i] - max) / temperature);
    }
  }

  @Override
  public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    Arrays.fill(lanes, 0);
    for (int i = 0; i < n; i++) {
      int lane = i % Lanes.COUNT;
      lanes[lane] = Math.fma(a[aAt + i], b[bAt + i], lanes[lane]);
    }
    return Lanes.fold(lanes);
  }
}
