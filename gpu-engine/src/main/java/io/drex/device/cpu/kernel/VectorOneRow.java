package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row by three vectors of outputs, of one group or of several at once; the rules of {@link
 * VectorLinear} hold.
 */
final class VectorOneRow {
  /**
   * Groups that are read at once: one stream alone does not keep memory busy. With four, the method
   * would exceed what C2 takes in (NodeCountInliningCutoff), and its vectors would be boxed.
   */
  static final int STREAMS = 3;

  private static final int COLUMNS = 3 * COUNT;

  private VectorOneRow() {}

  /**
   * Multiplies the first row of x by three vectors of {@link #STREAMS} groups, the first at wAt.
   */
  static void multiplyStreams(Bf16Matrix w, int wAt, Panel x, Panel y, int column) {
    int[] data = w.data;
    float[] row = x.data;
    int pairs = w.inputs / 2;
    int at0 = wAt;
    int at1 = at0 + pairs * GROUP;
    int at2 = at1 + pairs * GROUP;
    int to0 = y.at(0) + column; // before the loop, see VectorLinear.fourRows
    int to1 = to0 + GROUP;
    int to2 = to1 + GROUP;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero;
    FloatVector m0 = zero, m1 = zero, m2 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero;
    for (int k = 0; k < pairs; k++) {
      int at = k * GROUP;
      FloatVector even = FloatVector.broadcast(FLOATS, row[2 * k]);
      FloatVector odd = FloatVector.broadcast(FLOATS, row[2 * k + 1]);
      IntVector lw0 = IntVector.fromArray(INTS, data, at0 + at);
      IntVector mw0 = IntVector.fromArray(INTS, data, at0 + at + COUNT);
      IntVector rw0 = IntVector.fromArray(INTS, data, at0 + at + 2 * COUNT);
      l0 = lw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, l0);
      m0 = mw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, m0);
      r0 = rw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, r0);
      l0 = lw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, l0);
      m0 = mw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, m0);
      r0 = rw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, r0);
      IntVector lw1 = IntVector.fromArray(INTS, data, at1 + at);
      IntVector mw1 = IntVector.fromArray(INTS, data, at1 + at + COUNT);
      IntVector rw1 = IntVector.fromArray(INTS, data, at1 + at + 2 * COUNT);
      l1 = lw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, l1);
      m1 = mw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, m1);
      r1 = rw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, r1);
      l1 = lw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, l1);
      m1 = mw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, m1);
      r1 = rw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, r1);
      IntVector lw2 = IntVector.fromArray(INTS, data, at2 + at);
      IntVector mw2 = IntVector.fromArray(INTS, data, at2 + at + COUNT);
      IntVector rw2 = IntVector.fromArray(INTS, data, at2 + at + 2 * COUNT);
      l2 = lw2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, l2);
      m2 = mw2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, m2);
      r2 = rw2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, r2);
      l2 = lw2.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, l2);
      m2 = mw2.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, m2);
      r2 = rw2.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, r2);
    }
    l0.intoArray(y.data, to0);
    m0.intoArray(y.data, to0 + COUNT);
    r0.intoArray(y.data, to0 + 2 * COUNT);
    l1.intoArray(y.data, to1);
    m1.intoArray(y.data, to1 + COUNT);
    r1.intoArray(y.data, to1 + 2 * COUNT);
    l2.intoArray(y.data, to2);
    m2.intoArray(y.data, to2 + COUNT);
    r2.intoArray(y.data, to2 + 2 * COUNT);
  }

  /** Multiplies a row by three vectors of one group. */
  static void multiply(Bf16Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int[] data = w.data;
    int x0 = x.at(row);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector m0 = l0;
    FloatVector r0 = l0;
    // Two pairs at once: what the compiler makes when it unrolls the loop itself is a third slower.
    int twoPairs = w.inputs / 4;
    for (int k = 0; k < twoPairs; k++) {
      int at = wAt + k * (2 * GROUP);
      IntVector lw0 = IntVector.fromArray(INTS, data, at);
      IntVector mw0 = IntVector.fromArray(INTS, data, at + COUNT);
      IntVector rw0 = IntVector.fromArray(INTS, data, at + 2 * COUNT);
      IntVector lw1 = IntVector.fromArray(INTS, data, at + GROUP);
      IntVector mw1 = IntVector.fromArray(INTS, data, at + GROUP + COUNT);
      IntVector rw1 = IntVector.fromArray(INTS, data, at + GROUP + 2 * COUNT);
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k]);
      l0 = lw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a0, l0);
      m0 = mw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a0, m0);
      r0 = rw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a0, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 1]);
      l0 = lw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a1, l0);
      m0 = mw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a1, m0);
      r0 = rw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a1, r0);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 2]);
      l0 = lw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a2, l0);
      m0 = mw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a2, m0);
      r0 = rw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a2, r0);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 3]);
      l0 = lw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a3, l0);
      m0 = mw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a3, m0);
      r0 = rw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a3, r0);
    }
    int to = y.at(row) + column;
    l0.intoArray(y.data, to);
    m0.intoArray(y.data, to + COUNT);
    r0.intoArray(y.data, to + 2 * COUNT);
    if (4 * twoPairs < w.inputs) {
      addInputs(4 * twoPairs, w, wAt, x, y, row, column);
    }
  }

  /** Adds what the inputs from {@code first} on give: at most three, which no real width leaves. */
  private static void addInputs(
      int first, Bf16Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int to = y.at(row) + column;
    for (int k = first; k < w.inputs; k++) {
      float input = x.data[x.at(row) + k];
      for (int j = 0; j < COLUMNS; j++) {
        int pair = w.data[wAt + k / 2 * GROUP + j];
        float weight = k % 2 == 0 ? Bf16Matrix.low(pair) : Bf16Matrix.high(pair);
        y.data[to + j] = Math.fma(input, weight, y.data[to + j]);
      }
    }
  }
}
