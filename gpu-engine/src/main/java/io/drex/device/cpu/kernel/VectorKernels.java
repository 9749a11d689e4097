package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.SHORTS;

import io.drex.model.RopeTable;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Kernels in the JDK's vector API. Vectors run along outputs, or along the {@link Lanes} of a sum;
 * what is left over is done in scalars that join the same lanes.
 */
final class VectorKernels implements Kernels {
  /** Exponentials that are kept between making and adding them. */
  private static final int BLOCK = 64 * Lanes.COUNT;

  private static final int INFINITY = 0x7F80_0000; // its bits

  private final VectorSums sums = new VectorSums();
  private final VectorAttention attention;
  private final VectorInt8Linear int8Linear = new VectorInt8Linear();
  private final float[] block = new float[BLOCK];
  private final float[] extremes = new float[3 * COUNT]; // [max, second, min][lane]

  VectorKernels(AttentionShape shape) {
    attention = new VectorAttention(shape, sums);
  }

  @Override
  public void linear(PackedMatrix w, Panel x, Panel y, int rows, int fromGroup, int toGroup) {
    if (w instanceof Bf16Matrix bf16) {
      VectorLinear.run(bf16, x, y, rows, fromGroup, toGroup);
      return;
    }
    for (int g = fromGroup; g < toGroup; g++) {
      if (w instanceof Int8Matrix int8) {
        int8Linear.run(int8, x, y, rows, g);
      } else {
        VectorF32Linear.run((F32Matrix) w, x, y, rows, g);
      }
    }
  }

  @Override
  public void rmsNorm(float[] x, int xAt, float[] weight, float eps, float[] y, int yAt) {
    int n = weight.length;
    float scale = ScalarKernels.normScale(sums.dot(x, xAt, x, xAt, n), n, eps);
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      FloatVector.fromArray(FLOATS, x, xAt + i)
          .mul(scale)
          .mul(FloatVector.fromArray(FLOATS, weight, i))
          .intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = x[xAt + i] * scale * weight[i];
    }
  }

  @Override
  public void roundToBf16(float[] x, int xAt, int n, short[] to) {
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      IntVector bits = FloatVector.fromArray(FLOATS, x, xAt + i).reinterpretAsInts();
      IntVector upper = bits.lanewise(VectorOperators.LSHR, 16);
      IntVector rounded = bits.add(0x7FFF).add(upper.and(1)).lanewise(VectorOperators.LSHR, 16);
      VectorMask<Integer> isNotANumber =
          bits.and(Integer.MAX_VALUE).compare(VectorOperators.GT, INFINITY);
      rounded = rounded.blend(upper.or(Bf16Cells.QUIET), isNotANumber);
      ((ShortVector) rounded.convertShape(VectorOperators.I2S, SHORTS, 0)).intoArray(to, i);
    }
    ScalarKernels.roundToBf16From(i, x, xAt, n, to);
  }

  @Override
  public void rotate(float[] x, int at, RopeTable rope, int position) {
    int table = position * rope.half;
    int i = 0;
    for (; i + COUNT <= rope.half; i += COUNT) {
      FloatVector a = FloatVector.fromArray(FLOATS, x, at + i);
      FloatVector b = FloatVector.fromArray(FLOATS, x, at + rope.half + i);
      FloatVector cos = FloatVector.fromArray(FLOATS, rope.cos, table + i);
      FloatVector sin = FloatVector.fromArray(FLOATS, rope.sin, table + i);
      a.fma(cos, b.mul(sin).neg()).intoArray(x, at + i);
      b.fma(cos, a.mul(sin)).intoArray(x, at + rope.half + i);
    }
    ScalarKernels.rotateFrom(i, x, at, rope, position);
  }

  @Override
  public void attend(KvLayer kv, int[] table, AttentionTile tile, Panel q, Panel out) {
    attention.run(kv, table, tile, q, out);
  }

  @Override
  public void swiGlu(float[] gate, float[] up, int from, int to) {
    for (int at = from; at < to; at += BLOCK) {
      int n = Math.min(BLOCK, to - at);
      int whole = n - n % COUNT; // the compiler makes no vectors of loops over these arrays itself
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector.fromArray(FLOATS, gate, at + i).neg().intoArray(block, i);
      }
      for (int i = whole; i < n; i++) {
        block[i] = -gate[at + i];
      }
      VectorSums.exponentials(block, 0, n, 0, block, 0);
      for (int i = 0; i < whole; i += COUNT) {
        FloatVector.fromArray(FLOATS, gate, at + i)
            .div(FloatVector.fromArray(FLOATS, block, i).add(1))
            .mul(FloatVector.fromArray(FLOATS, up, at + i))
            .intoArray(gate, at + i);
      }
      for (int i = whole; i < n; i++) {
        gate[at + i] = gate[at + i] / (1 + block[i]) * up[at + i];
      }
    }
  }

  @Override
  public void readLogits(float[] logits, int at, int count, LogitStats out) {
    // The two largest and the least of all elements do not depend on the order they are met in.
    FloatVector mins = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    FloatVector maxs = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    FloatVector seconds = maxs;
    int i = 0;
    for (; i + COUNT <= count; i += COUNT) {
      FloatVector v = FloatVector.fromArray(FLOATS, logits, at + i);
      seconds = v.min(maxs).max(seconds); // called on v: see VectorSums
      maxs = v.max(maxs);
      mins = v.min(mins);
    }
    maxs.intoArray(extremes, 0);
    seconds.intoArray(extremes, COUNT);
    mins.intoArray(extremes, 2 * COUNT);
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    float second = Float.NEGATIVE_INFINITY;
    for (int j = 0; j < COUNT; j++) {
      min = Math.min(min, extremes[2 * COUNT + j]);
    }
    for (int j = 0; j < 2 * COUNT; j++) {
      second = Math.max(second, Math.min(max, extremes[j]));
      max = Math.max(max, extremes[j]);
    }
    for (; i < count; i++) {
      second = Math.max(second, Math.min(max, logits[at + i]));
      max = Math.max(max, logits[at + i]);
      min = Math.min(min, logits[at + i]);
    }
    if (!Float.isFinite(min) || !Float.isFinite(max)) {
      out.setNotFinite();
      return;
    }
    float sum = sumOfExponentials(logits, at, count, max);
    out.set(max, second, sum, ScalarKernels.indexOf(max, logits, at));
  }

  @Override
  public float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    return sums.dot(a, aAt, b, bAt, n);
  }

  @Override
  public float sumOfSpreads(float[] logits, int at, int count, float max) {
    sums.clear();
    for (int from = 0; from < count; from += BLOCK) {
      int n = Math.min(BLOCK, count - from);
      VectorSums.exponentials(logits, at + from, n, max, block, 0);
      sums.addSpreads(block, logits, at + from, n, max);
    }
    return sums.total();
  }

  @Override
  public void temper(float[] logits, int at, float max, float temperature, float[] weights) {
    int i = 0;
    for (; i + COUNT <= weights.length; i += COUNT) {
      FloatVector.fromArray(FLOATS, logits, at + i).sub(max).div(temperature).intoArray(weights, i);
    }
    for (; i < weights.length; i++) {
      weights[i] = (logits[at + i] - max) / temperature;
    }
    VectorSums.exponentials(weights, 0, weights.length, 0, weights, 0);
  }

  private float sumOfExponentials(float[] logits, int at, int count, float max) {
    sums.clear();
    for (int from = 0; from < count; from += BLOCK) {
      int n = Math.min(BLOCK, count - from);
      VectorSums.exponentials(logits, at + from, n, max, block, 0);
      sums.add(block, 0, n);
    }
    return sums.total();
  }
}
