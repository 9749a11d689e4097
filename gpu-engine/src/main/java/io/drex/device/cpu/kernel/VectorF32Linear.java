package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.PackedMatrix.STREAM;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** {@link VectorLinear} for weights that are floats: tiles of four rows, and no pairs. */
final class VectorF32Linear {
  private static final int ROWS = 4;

  private VectorF32Linear() {}

  static void run(F32Matrix w, Panel x, Panel y, int rows, int group) {
    for (int c = 0; c < STREAM; c += COUNT) {
      int column = group * GROUP + c;
      int row = 0;
      for (; row + ROWS <= rows; row += ROWS) {
        fourRows(w, x, y, row, column);
      }
      for (; row < rows; row++) {
        oneRow(w, x, y, row, column);
      }
    }
  }

  private static void oneRow(F32Matrix w, Panel x, Panel y, int row, int column) {
    int lAt = w.at(column);
    int mAt = lAt + w.distance();
    int rAt = mAt + w.distance();
    int x0 = x.at(row);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector m0 = l0;
    FloatVector r0 = l0;
    for (int k = 0; k < w.inputs; k++) {
      int at = k * STREAM;
      FloatVector a = FloatVector.broadcast(FLOATS, x.data[x0 + k]);
      l0 = FloatVector.fromArray(FLOATS, w.data, lAt + at).fma(a, l0);
      m0 = FloatVector.fromArray(FLOATS, w.data, mAt + at).fma(a, m0);
      r0 = FloatVector.fromArray(FLOATS, w.data, rAt + at).fma(a, r0);
    }
    int to = y.at(row) + column;
    l0.intoArray(y.data, to);
    m0.intoArray(y.data, to + STREAM);
    r0.intoArray(y.data, to + 2 * STREAM);
  }

  private static void fourRows(F32Matrix w, Panel x, Panel y, int row, int column) {
    int lAt = w.at(column);
    int mAt = lAt + w.distance();
    int rAt = mAt + w.distance();
    int x0 = x.at(row);
    int x1 = x.at(row + 1);
    int x2 = x.at(row + 2);
    int x3 = x.at(row + 3);
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero, l3 = zero;
    FloatVector m0 = zero, m1 = zero, m2 = zero, m3 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    for (int k = 0; k < w.inputs; k++) {
      int at = k * STREAM;
      FloatVector l = FloatVector.fromArray(FLOATS, w.data, lAt + at);
      FloatVector m = FloatVector.fromArray(FLOATS, w.data, mAt + at);
      FloatVector r = FloatVector.fromArray(FLOATS, w.data, rAt + at);
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + k]);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x1 + k]);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x2 + k]);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x3 + k]);
      l0 = l.fma(a0, l0);
      m0 = m.fma(a0, m0);
      r0 = r.fma(a0, r0);
      l1 = l.fma(a1, l1);
      m1 = m.fma(a1, m1);
      r1 = r.fma(a1, r1);
      l2 = l.fma(a2, l2);
      m2 = m.fma(a2, m2);
      r2 = r.fma(a2, r2);
      l3 = l.fma(a3, l3);
      m3 = m.fma(a3, m3);
      r3 = r.fma(a3, r3);
    }
    int to0 = y.at(row) + column;
    l0.intoArray(y.data, to0);
    m0.intoArray(y.data, to0 + STREAM);
    r0.intoArray(y.data, to0 + 2 * STREAM);
    int to1 = y.at(row + 1) + column;
    l1.intoArray(y.data, to1);
    m1.intoArray(y.data, to1 + STREAM);
    r1.intoArray(y.data, to1 + 2 * STREAM);
    int to2 = y.at(row + 2) + column;
    l2.intoArray(y.data, to2);
    m2.intoArray(y.data, to2 + STREAM);
    r2.intoArray(y.data, to2 + 2 * STREAM);
    int to3 = y.at(row + 3) + column;
    l3.intoArray(y.data, to3);
    m3.intoArray(y.data, to3 + STREAM);
    r3.intoArray(y.data, to3 + 2 * STREAM);
  }
}
