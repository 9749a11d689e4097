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
 * Linear layers with bf16 weights, in tiles of four rows, or eight ({@link VectorEightRows}), by
 * three vectors of outputs, each from a stream of its own: a weight is read from memory once. Loops
 * count pairs of inputs, and every index is a multiple of the count: otherwise the compiler keeps
 * the bounds checks of all loads in the loop. No vector passes between methods: the compiler stops
 * inlining them where what it compiles has grown large, and then allocates the vector.
 */
final class VectorLinear {
  private static final int ROWS = 4;

  private VectorLinear() {}

  /** Multiplies the groups [fromGroup, toGroup). */
  static void run(Bf16Matrix w, Panel x, Panel y, int rows, int fromGroup, int toGroup) {
    int group = fromGroup;
    if (rows == 1 && w.inputs % 2 == 0) {
      for (; group + 1 < toGroup; group += 2) {
        for (int c = 0; c < STREAM; c += COUNT) {
          VectorOneRow.multiplyTwoGroups(w, w.at(group * GROUP + c), x, y, group * GROUP + c);
        }
      }
    }
    for (; group < toGroup; group++) {
      run(w, w.at(group * GROUP), x, y, rows, group * GROUP);
    }
  }

  /** Multiplies the group whose weights begin at wAt, to y's columns from {@code column} on. */
  static void run(Bf16Matrix w, int wAt, Panel x, Panel y, int rows, int column) {
    // Only VectorOneRow knows how to end on half a pair; real models have no odd widths.
    boolean single = rows == 1 || w.inputs % 2 != 0;
    for (int c = 0; c < STREAM; c += COUNT) {
      int row = 0;
      while (row < rows) {
        if (single) {
          VectorOneRow.multiply(w, wAt + c, x, y, row, column + c);
          row++;
        } else if (VectorEightRows.FIT && rows - row > ROWS) {
          VectorEightRows.multiply(w, wAt + c, x, y, row, rows - 1, column + c);
          row += VectorEightRows.ROWS;
        } else {
          fourRows(w, wAt + c, x, y, row, rows - 1, column + c);
          row += ROWS;
        }
      }
    }
  }

  /** Rows after {@code last} are {@code last} once more. */
  private static void fourRows(
      Bf16Matrix w, int wAt, Panel x, Panel y, int row, int last, int column) {
    int[] data = w.data;
    int mAt = wAt + w.distance();
    int rAt = mAt + w.distance();
    int row1 = Math.min(row + 1, last);
    int row2 = Math.min(row + 2, last);
    int row3 = Math.min(row + 3, last);
    int x0 = x.at(row);
    int x1 = x.at(row1);
    int x2 = x.at(row2);
    int x3 = x.at(row3);
    // Before the loop: after it, C2 has more nodes than it inlines plain methods at.
    int to0 = y.at(row) + column;
    int to1 = y.at(row1) + column;
    int to2 = y.at(row2) + column;
    int to3 = y.at(row3) + column;
    int pairs = w.inputs / 2;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero, l3 = zero;
    FloatVector m0 = zero, m1 = zero, m2 = zero, m3 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    for (int k = 0; k < pairs; k++) {
      int at = k * STREAM;
      IntVector l = IntVector.fromArray(INTS, data, wAt + at);
      IntVector m = IntVector.fromArray(INTS, data, mAt + at);
      IntVector r = IntVector.fromArray(INTS, data, rAt + at);
      FloatVector le = l.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector me = m.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector re = r.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k]);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k]);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k]);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k]);
      l0 = le.fma(a0, l0);
      m0 = me.fma(a0, m0);
      r0 = re.fma(a0, r0);
      l1 = le.fma(a1, l1);
      m1 = me.fma(a1, m1);
      r1 = re.fma(a1, r1);
      l2 = le.fma(a2, l2);
      m2 = me.fma(a2, m2);
      r2 = re.fma(a2, r2);
      l3 = le.fma(a3, l3);
      m3 = me.fma(a3, m3);
      r3 = re.fma(a3, r3);
      FloatVector lo = l.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector mo = m.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector ro = r.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector b0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k + 1]);
      FloatVector b1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k + 1]);
      FloatVector b2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k + 1]);
      FloatVector b3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k + 1]);
      l0 = lo.fma(b0, l0);
      m0 = mo.fma(b0, m0);
      r0 = ro.fma(b0, r0);
      l1 = lo.fma(b1, l1);
      m1 = mo.fma(b1, m1);
      r1 = ro.fma(b1, r1);
      l2 = lo.fma(b2, l2);
      m2 = mo.fma(b2, m2);
      r2 = ro.fma(b2, r2);
      l3 = lo.fma(b3, l3);
      m3 = mo.fma(b3, m3);
      r3 = ro.fma(b3, r3);
    }
    l0.intoArray(y.data, to0);
    m0.intoArray(y.data, to0 + STREAM);
    r0.intoArray(y.data, to0 + 2 * STREAM);
    l1.intoArray(y.data, to1);
    m1.intoArray(y.data, to1 + STREAM);
    r1.intoArray(y.data, to1 + 2 * STREAM);
    l2.intoArray(y.data, to2);
    m2.intoArray(y.data, to2 + STREAM);
    r2.intoArray(y.data, to2 + 2 * STREAM);
    l3.intoArray(y.data, to3);
    m3.intoArray(y.data, to3 + STREAM);
    r3.intoArray(y.data, to3 + 2 * STREAM);
  }
}
