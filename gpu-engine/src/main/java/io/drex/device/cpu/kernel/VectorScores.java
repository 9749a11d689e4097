package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.KvCells.GROUP;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores of the cells of two groups, for four queries or one: lanes are tokens, so that each score
 * is a chain of its own. Set the fields, then call; of a query, {@code q} is read from its place on
 * and {@code to} written at its place plus the group's. Two groups hide the latency of one chain,
 * and keep the loops within 16 multiply-adds and 8 accumulators.
 */
final class VectorScores {
  private final int headDim;
  private final float scale;
  int at0; // the first group's K
  int at1; // the second group's K
  int to0; // where the first group's scores go
  int to1; // where the second group's scores go

  VectorScores(AttentionShape shape) {
    headDim = shape.headDim();
    scale = shape.scale();
  }

  void one(int[] keys0, int[] keys1, float[] q, int from, float[] to, int at) {
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector a = FloatVector.zero(FLOATS);
      FloatVector b = a;
      for (int i = 0; i < headDim / 2; i++) {
        IntVector k0 = IntVector.fromArray(INTS, keys0, at0 + c + i * GROUP);
        IntVector k1 = IntVector.fromArray(INTS, keys1, at1 + c + i * GROUP);
        FloatVector even = FloatVector.broadcast(FLOATS, q[from + 2 * i]);
        a = k0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, a);
        b = k1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, b);
        FloatVector odd = FloatVector.broadcast(FLOATS, q[from + 2 * i + 1]);
        a = k0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, a);
        b = k1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, b);
      }
      a.mul(scale).intoArray(to, at + to0 + c);
      b.mul(scale).intoArray(to, at + to1 + c);
    }
  }

  void one(float[] keys0, float[] keys1, float[] q, int from, float[] to, int at) {
    for (int c = 0; c < GROUP; c += COUNT) {
      FloatVector a = FloatVector.zero(FLOATS);
      FloatVector b = a;
      for (int i = 0; i < headDim; i++) {
        FloatVector element = FloatVector.broadcast(FLOATS, q[from + i]);
        a = FloatVector.fromArray(FLOATS, keys0, at0 + c + i * GROUP).fma(element, a);
        b = FloatVector.fromArray(FLOATS, keys1, at1 + c + i * GROUP).fma(element, b);
      }
      a.mul(scale).intoArray(to, at + to0 + c);
      b.mul(scale).intoArray(to, at + to1 + c);
    }
  }

  /**
   * @param from where the queries start in {@code q}; four from {@code first} on are read
   * @param at where the queries' scores start in {@code to}
   */
  void four(int[] keys0, int[] keys1, float[] q, int[] from, int first, float[] to, int[] at) {
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
      a0.mul(scale).intoArray(to, at[first] + to0 + c);
      b0.mul(scale).intoArray(to, at[first] + to1 + c);
      a1.mul(scale).intoArray(to, at[first + 1] + to0 + c);
      b1.mul(scale).intoArray(to, at[first + 1] + to1 + c);
      a2.mul(scale).intoArray(to, at[first + 2] + to0 + c);
      b2.mul(scale).intoArray(to, at[first + 2] + to1 + c);
      a3.mul(scale).intoArray(to, at[first + 3] + to0 + c);
      b3.mul(scale).intoArray(to, at[first + 3] + to1 + c);
    }
  }

  void four(float[] keys0, float[] keys1, float[] q, int[] from, int first, float[] to, int[] at) {
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
      a0.mul(scale).intoArray(to, at[first] + to0 + c);
      b0.mul(scale).intoArray(to, at[first] + to1 + c);
      a1.mul(scale).intoArray(to, at[first + 1] + to0 + c);
      b1.mul(scale).intoArray(to, at[first + 1] + to1 + c);
      a2.mul(scale).intoArray(to, at[first + 2] + to0 + c);
      b2.mul(scale).intoArray(to, at[first + 2] + to1 + c);
      a3.mul(scale).intoArray(to, at[first + 3] + to0 + c);
      b3.mul(scale).intoArray(to, at[first + 3] + to1 + c);
    }
  }
}
