package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.KvCells.GROUP;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores of the cells of two groups for four queries, or of four groups for one: lanes are tokens,
 * so that each score is a chain of its own. Set the fields, then call; of a query, {@code q} is
 * read from its place on and {@code scores} written at its place plus the group's. Two groups hide
 * the latency of one chain, and keep the loops within 16 multiply-adds and 8 accumulators. A single
 * query waits for memory instead: each group is a stream of its own to it.
 */
final class VectorScores {
  /** Most groups that a kernel takes at once. */
  static final int GROUPS = 4;

  private final int headDim;
  private final float scale;
  final int[] source = new int[GROUPS]; // whose K a group's is
  final int[] at = new int[GROUPS]; // the group's K
  final int[] to = new int[GROUPS]; // where the group's scores go

  VectorScores(AttentionShape shape) {
    headDim = shape.headDim();
    scale = shape.scale();
  }

  void one(int[][] keys, float[] q, int from, float[] scores, int query) {
    int[] keys0 = keys[source[0]];
    int[] keys1 = keys[source[1]];
    int[] keys2 = keys[source[2]];
    int[] keys3 = keys[source[3]];
    int at0 = at[0];
    int at1 = at[1];
    int at2 = at[2];
    int at3 = at[3];
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0, s2 = s0, s3 = s0;
      for (int i = 0; i < headDim / 2; i++) {
        IntVector k0 = IntVector.fromArray(INTS, keys0, at0 + c + i * GROUP);
        IntVector k1 = IntVector.fromArray(INTS, keys1, at1 + c + i * GROUP);
        IntVector k2 = IntVector.fromArray(INTS, keys2, at2 + c + i * GROUP);
        IntVector k3 = IntVector.fromArray(INTS, keys3, at3 + c + i * GROUP);
        FloatVector even = FloatVector.broadcast(FLOATS, q[from + 2 * i]);
        s0 = k0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s0);
        s1 = k1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s1);
        s2 = k2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s2);
        s3 = k3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, s3);
        FloatVector odd = FloatVector.broadcast(FLOATS, q[from + 2 * i + 1]);
        s0 = k0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, s0);
        s1 = k1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, s1);
        s2 = k2.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, s2);
        s3 = k3.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, s3);
      }
      FloatVector scales = FloatVector.broadcast(FLOATS, scale); // called on it: see VectorSums
      scales.mul(s0).intoArray(scores, query + to[0] + c);
      scales.mul(s1).intoArray(scores, query + to[1] + c);
      scales.mul(s2).intoArray(scores, query + to[2] + c);
      scales.mul(s3).intoArray(scores, query + to[3] + c);
    }
  }

  void one(float[][] keys, float[] q, int from, float[] scores, int query) {
    float[] keys0 = keys[source[0]];
    float[] keys1 = keys[source[1]];
    float[] keys2 = keys[source[2]];
    float[] keys3 = keys[source[3]];
    int at0 = at[0];
    int at1 = at[1];
    int at2 = at[2];
    int at3 = at[3];
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector s0 = FloatVector.zero(FLOATS);
      FloatVector s1 = s0, s2 = s0, s3 = s0;
      for (int i = 0; i < headDim; i++) {
        FloatVector element = FloatVector.broadcast(FLOATS, q[from + i]);
        s0 = FloatVector.fromArray(FLOATS, keys0, at0 + c + i * GROUP).fma(element, s0);
        s1 = FloatVector.fromArray(FLOATS, keys1, at1 + c + i * GROUP).fma(element, s1);
        s2 = FloatVector.fromArray(FLOATS, keys2, at2 + c + i * GROUP).fma(element, s2);
        s3 = FloatVector.fromArray(FLOATS, keys3, at3 + c + i * GROUP).fma(element, s3);
      }
      FloatVector scales = FloatVector.broadcast(FLOATS, scale); // called on it: see VectorSums
      scales.mul(s0).intoArray(scores, query + to[0] + c);
      scales.mul(s1).intoArray(scores, query + to[1] + c);
      scales.mul(s2).intoArray(scores, query + to[2] + c);
      scales.mul(s3).intoArray(scores, query + to[3] + c);
    }
  }

  /**
   * @param from where the queries start in {@code q}; four from {@code first} on are read
   * @param query where the queries' scores start in {@code scores}
   */
  void four(int[][] keys, float[] q, int[] from, int first, float[] scores, int[] query) {
    int[] keys0 = keys[source[0]];
    int[] keys1 = keys[source[1]];
    int at0 = at[0];
    int at1 = at[1];
    int q0 = from[first];
    int q1 = from[first + 1];
    int q2 = from[first + 2];
    int q3 = from[first + 3];
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      for (int i = 0; i < headDim; i += 2) {
        IntVector k0 = IntVector.fromArray(INTS, keys0, at0 + c + i / 2 * GROUP);
        IntVector k1 = IntVector.fromArray(INTS, keys1, at1 + c + i / 2 * GROUP);
        FloatVector e0 = k0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        FloatVector e1 = k1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        FloatVector x0 = FloatVector.broadcast(FLOATS, q[q0 + i]);
        FloatVector x1 = FloatVector.broadcast(FLOATS, q[q1 + i]);
        FloatVector x2 = FloatVector.broadcast(FLOATS, q[q2 + i]);
        FloatVector x3 = FloatVector.broadcast(FLOATS, q[q3 + i]);
        a0 = e0.fma(x0, a0);
        b0 = e1.fma(x0, b0);
        a1 = e0.fma(x1, a1);
        b1 = e1.fma(x1, b1);
        a2 = e0.fma(x2, a2);
        b2 = e1.fma(x2, b2);
        a3 = e0.fma(x3, a3);
        b3 = e1.fma(x3, b3);
        FloatVector o0 = k0.and(Bf16Matrix.HIGH).reinterpretAsFloats();
        FloatVector o1 = k1.and(Bf16Matrix.HIGH).reinterpretAsFloats();
        FloatVector y0 = FloatVector.broadcast(FLOATS, q[q0 + i + 1]);
        FloatVector y1 = FloatVector.broadcast(FLOATS, q[q1 + i + 1]);
        FloatVector y2 = FloatVector.broadcast(FLOATS, q[q2 + i + 1]);
        FloatVector y3 = FloatVector.broadcast(FLOATS, q[q3 + i + 1]);
        a0 = o0.fma(y0, a0);
        b0 = o1.fma(y0, b0);
        a1 = o0.fma(y1, a1);
        b1 = o1.fma(y1, b1);
        a2 = o0.fma(y2, a2);
        b2 = o1.fma(y2, b2);
        a3 = o0.fma(y3, a3);
        b3 = o1.fma(y3, b3);
      }
      FloatVector scales = FloatVector.broadcast(FLOATS, scale); // called on it: see VectorSums
      scales.mul(a0).intoArray(scores, query[first] + to[0] + c);
      scales.mul(b0).intoArray(scores, query[first] + to[1] + c);
      scales.mul(a1).intoArray(scores, query[first + 1] + to[0] + c);
      scales.mul(b1).intoArray(scores, query[first + 1] + to[1] + c);
      scales.mul(a2).intoArray(scores, query[first + 2] + to[0] + c);
      scales.mul(b2).intoArray(scores, query[first + 2] + to[1] + c);
      scales.mul(a3).intoArray(scores, query[first + 3] + to[0] + c);
      scales.mul(b3).intoArray(scores, query[first + 3] + to[1] + c);
    }
  }

  void four(float[][] keys, float[] q, int[] from, int first, float[] scores, int[] query) {
    float[] keys0 = keys[source[0]];
    float[] keys1 = keys[source[1]];
    int at0 = at[0];
    int at1 = at[1];
    int q0 = from[first];
    int q1 = from[first + 1];
    int q2 = from[first + 2];
    int q3 = from[first + 3];
    FloatVector zero = FloatVector.zero(FLOATS);
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector a0 = zero, a1 = zero, a2 = zero, a3 = zero;
      FloatVector b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      for (int i = 0; i < headDim; i++) {
        FloatVector k0 = FloatVector.fromArray(FLOATS, keys0, at0 + c + i * GROUP);
        FloatVector k1 = FloatVector.fromArray(FLOATS, keys1, at1 + c + i * GROUP);
        FloatVector x0 = FloatVector.broadcast(FLOATS, q[q0 + i]);
        FloatVector x1 = FloatVector.broadcast(FLOATS, q[q1 + i]);
        FloatVector x2 = FloatVector.broadcast(FLOATS, q[q2 + i]);
        FloatVector x3 = FloatVector.broadcast(FLOATS, q[q3 + i]);
        a0 = k0.fma(x0, a0);
        b0 = k1.fma(x0, b0);
        a1 = k0.fma(x1, a1);
        b1 = k1.fma(x1, b1);
        a2 = k0.fma(x2, a2);
        b2 = k1.fma(x2, b2);
        a3 = k0.fma(x3, a3);
        b3 = k1.fma(x3, b3);
      }
      FloatVector scales = FloatVector.broadcast(FLOATS, scale); // called on it: see VectorSums
      scales.mul(a0).intoArray(scores, query[first] + to[0] + c);
      scales.mul(b0).intoArray(scores, query[first] + to[1] + c);
      scales.mul(a1).intoArray(scores, query[first + 1] + to[0] + c);
      scales.mul(b1).intoArray(scores, query[first + 1] + to[1] + c);
      scales.mul(a2).intoArray(scores, query[first + 2] + to[0] + c);
      scales.mul(b2).intoArray(scores, query[first + 2] + to[1] + c);
      scales.mul(a3).intoArray(scores, query[first + 3] + to[0] + c);
      scales.mul(b3).intoArray(scores, query[first + 3] + to[1] + c);
    }
  }
}
