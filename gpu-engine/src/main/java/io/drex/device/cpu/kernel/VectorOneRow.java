package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.PackedMatrix.STREAM;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * One row by three vectors of outputs, of one group or of two at once; the rules of {@link
 * VectorLinear} hold.
 */
final class VectorOneRow {
  private VectorOneRow() {}

  /**
   * Multiplies the first row of x by a vector of each stream of two groups: three streams alone do
   * not keep memory busy, and nine are no faster.
   */
  static void multiplyTwoGroups(Bf16Matrix w, int wAt, Panel x, Panel y, int column) {
    int[] data = w.data;
    float[] row = x.data;
    int pairs = w.inputs / 2;
    int distance = w.distance();
    int mAt0 = wAt + distance;
    int rAt0 = mAt0 + distance;
    int lAt1 = rAt0 + distance;
    int mAt1 = lAt1 + distance;
    int rAt1 = mAt1 + distance;
    int to0 = y.at(0) + column; // before the loop, see VectorLinear.fourRows
    int to1 = to0 + GROUP;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero;
    FloatVector m0 = zero, m1 = zero;
    FloatVector r0 = zero, r1 = zero;
    for (int k = 0; k < pairs; k++) {
      int at = k * STREAM;
      FloatVector even = FloatVector.broadcast(FLOATS, row[2 * k]);
      FloatVector odd = FloatVector.broadcast(FLOATS, row[2 * k + 1]);
      IntVector lw0 = IntVector.fromArray(INTS, data, wAt + at);
      IntVector mw0 = IntVector.fromArray(INTS, data, mAt0 + at);
      IntVector rw0 = IntVector.fromArray(INTS, data, rAt0 + at);
      l0 = lw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, l0);
      m0 = mw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, m0);
      r0 = rw0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, r0);
      l0 = lw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, l0);
      m0 = mw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, m0);
      r0 = rw0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, r0);
      IntVector lw1 = IntVector.fromArray(INTS, data, lAt1 + at);
      IntVector mw1 = IntVector.fromArray(INTS, data, mAt1 + at);
      IntVector rw1 = IntVector.fromArray(INTS, data, rAt1 + at);
      l1 = lw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, l1);
      m1 = mw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, m1);
      r1 = rw1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(even, r1);
      l1 = lw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, l1);
      m1 = mw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, m1);
      r1 = rw1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(odd, r1);
    }
    l0.intoArray(y.data, to0);
    m0.intoArray(y.data, to0 + STREAM);
    r0.intoArray(y.data, to0 + 2 * STREAM);
    l1.intoArray(y.data, to1);
    m1.intoArray(y.data, to1 + STREAM);
    r1.intoArray(y.data, to1 + 2 * STREAM);
  }

  /** Multiplies a row by three vectors of one group. */
  static void multiply(Bf16Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int[] data = w.data;
    int mAt = wAt + w.distance();
    int rAt = mAt + w.distance();
    int x0 = x.at(row);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector m0 = l0;
    FloatVector r0 = l0;
    // Two pairs at once: what the compiler makes when it unrolls the loop itself is a third slower.
    int twoPairs = w.inputs / 4;
    for (int k = 0; k < twoPairs; k++) {
      int at = k * (2 * STREAM);
      IntVector lw0 = IntVector.fromArray(INTS, data, wAt + at);
      IntVector mw0 = IntVector.fromArray(INTS, data, mAt + at);
      IntVector rw0 = IntVector.fromArray(INTS, data, rAt + at);
      IntVector lw1 = IntVector.fromArray(INTS, data, wAt + at + STREAM);
      IntVector mw1 = IntVector.fromArray(INTS, data, mAt + at + STREAM);
      IntVector rw1 = IntVector.fromArray(INTS, data, rAt + at + STREAM);
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
    m0.intoArray(y.data, to + STREAM);
    r0.intoArray(y.data, to + 2 * STREAM);
    if (4 * twoPairs < w.inputs) {
      addInputs(4 * twoPairs, w, wAt, x, y, row, column);
    }
  }

  /** Adds what the inputs from {@code first} on give: at most three, which no real width leaves. */
  private static void addInputs(
      int first, Bf16Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    for (int k = first; k < w.inputs; k++) {
      float input = x.data[x.at(row) + k];
      for (int stream = 0; stream < GROUP / STREAM; stream++) {
        int to = y.at(row) + column + stream * STREAM;
        int from = wAt + stream * w.distance() + k / 2 * STREAM;
        for (int j = 0; j < COUNT; j++) {
          int pair = w.data[from + j];
          float weight = k % 2 == 0 ? Bf16Matrix.low(pair) : Bf16Matrix.high(pair);
          y.data[to + j] = Math.fma(input, weight, y.data[to + j]);
        }
      }
    }
  }
}
