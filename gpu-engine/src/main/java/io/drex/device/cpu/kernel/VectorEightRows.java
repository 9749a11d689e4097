package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.STREAM;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Eight rows by three vectors of outputs, for machines whose registers hold 24 sums: weights are
 * read and widened half as often as by four rows. The rules of {@link VectorLinear} hold, but for
 * bounds checks.
 */
final class VectorEightRows {
  static final int ROWS = 8;

  /**
   * Whether the sums stay in registers, of which only AVX-512 and ARM have 32; and a method of this
   * size reaches C2's own {@link TrapLimit} sooner than others.
   */
  static final boolean FIT =
      (COUNT == 16 || System.getProperty("os.arch").equals("aarch64")) && TrapLimit.isHighEnough();

  /**
   * Masks nothing, as no array holds as many pairs. The compiler cannot know, so it keeps the
   * bounds checks of the weights' loads in the loop, and loads each row's activations where they
   * are needed. Without checks it would load those of all rows first and, for want of registers,
   * keep sums in memory: at half the speed.
   */
  private static final int ANY_PAIR = 0x07FF_FFFF;

  private VectorEightRows() {}

  /**
   * Rows after {@code last} are {@code last} once more.
   *
   * @param wAt from {@link Bf16Matrix#at}, called outside of this method, which is too large to be
   *     inlined: here its terms would merge with the loop's indices, to the effect told above
   */
  static void multiply(Bf16Matrix w, int wAt, Panel x, Panel y, int row, int last, int column) {
    int[] data = w.data;
    int mAt = wAt + w.distance();
    int rAt = mAt + w.distance();
    int row1 = Math.min(row + 1, last);
    int row2 = Math.min(row + 2, last);
    int row3 = Math.min(row + 3, last);
    int row4 = Math.min(row + 4, last);
    int row5 = Math.min(row + 5, last);
    int row6 = Math.min(row + 6, last);
    int row7 = Math.min(row + 7, last);
    int x0 = x.at(row);
    int x1 = x.at(row1);
    int x2 = x.at(row2);
    int x3 = x.at(row3);
    int x4 = x.at(row4);
    int x5 = x.at(row5);
    int x6 = x.at(row6);
    int x7 = x.at(row7);
    int to0 = y.at(row) + column;
    int to1 = y.at(row1) + column;
    int to2 = y.at(row2) + column;
    int to3 = y.at(row3) + column;
    int to4 = y.at(row4) + column;
    int to5 = y.at(row5) + column;
    int to6 = y.at(row6) + column;
    int to7 = y.at(row7) + column;
    int pairs = w.inputs / 2;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero, l3 = zero;
    FloatVector l4 = zero, l5 = zero, l6 = zero, l7 = zero;
    FloatVector m0 = zero, m1 = zero, m2 = zero, m3 = zero;
    FloatVector m4 = zero, m5 = zero, m6 = zero, m7 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    FloatVector r4 = zero, r5 = zero, r6 = zero, r7 = zero;
    for (int k = 0; k < pairs; k++) {
      int at = (k & ANY_PAIR) * STREAM;
      IntVector l = IntVector.fromArray(INTS, data, wAt + at);
      IntVector m = IntVector.fromArray(INTS, data, mAt + at);
      IntVector r = IntVector.fromArray(INTS, data, rAt + at);
      FloatVector le = l.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector me = m.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector re = r.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k]);
      l0 = le.fma(a0, l0);
      m0 = me.fma(a0, m0);
      r0 = re.fma(a0, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k]);
      l1 = le.fma(a1, l1);
      m1 = me.fma(a1, m1);
      r1 = re.fma(a1, r1);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k]);
      l2 = le.fma(a2, l2);
      m2 = me.fma(a2, m2);
      r2 = re.fma(a2, r2);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k]);
      l3 = le.fma(a3, l3);
      m3 = me.fma(a3, m3);
      r3 = re.fma(a3, r3);
      FloatVector a4 = FloatVector.broadcast(FLOATS, x.data[x4 + 2 * k]);
      l4 = le.fma(a4, l4);
      m4 = me.fma(a4, m4);
      r4 = re.fma(a4, r4);
      FloatVector a5 = FloatVector.broadcast(FLOATS, x.data[x5 + 2 * k]);
      l5 = le.fma(a5, l5);
      m5 = me.fma(a5, m5);
      r5 = re.fma(a5, r5);
      FloatVector a6 = FloatVector.broadcast(FLOATS, x.data[x6 + 2 * k]);
      l6 = le.fma(a6, l6);
      m6 = me.fma(a6, m6);
      r6 = re.fma(a6, r6);
      FloatVector a7 = FloatVector.broadcast(FLOATS, x.data[x7 + 2 * k]);
      l7 = le.fma(a7, l7);
      m7 = me.fma(a7, m7);
      r7 = re.fma(a7, r7);
      FloatVector lo = l.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector mo = m.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector ro = r.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector b0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k + 1]);
      l0 = lo.fma(b0, l0);
      m0 = mo.fma(b0, m0);
      r0 = ro.fma(b0, r0);
      FloatVector b1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k + 1]);
      l1 = lo.fma(b1, l1);
      m1 = mo.fma(b1, m1);
      r1 = ro.fma(b1, r1);
      FloatVector b2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k + 1]);
      l2 = lo.fma(b2, l2);
      m2 = mo.fma(b2, m2);
      r2 = ro.fma(b2, r2);
      FloatVector b3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k + 1]);
      l3 = lo.fma(b3, l3);
      m3 = mo.fma(b3, m3);
      r3 = ro.fma(b3, r3);
      FloatVector b4 = FloatVector.broadcast(FLOATS, x.data[x4 + 2 * k + 1]);
      l4 = lo.fma(b4, l4);
      m4 = mo.fma(b4, m4);
      r4 = ro.fma(b4, r4);
      FloatVector b5 = FloatVector.broadcast(FLOATS, x.data[x5 + 2 * k + 1]);
      l5 = lo.fma(b5, l5);
      m5 = mo.fma(b5, m5);
      r5 = ro.fma(b5, r5);
      FloatVector b6 = FloatVector.broadcast(FLOATS, x.data[x6 + 2 * k + 1]);
      l6 = lo.fma(b6, l6);
      m6 = mo.fma(b6, m6);
      r6 = ro.fma(b6, r6);
      FloatVector b7 = FloatVector.broadcast(FLOATS, x.data[x7 + 2 * k + 1]);
      l7 = lo.fma(b7, l7);
      m7 = mo.fma(b7, m7);
      r7 = ro.fma(b7, r7);
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
    l4.intoArray(y.data, to4);
    m4.intoArray(y.data, to4 + STREAM);
    r4.intoArray(y.data, to4 + 2 * STREAM);
    l5.intoArray(y.data, to5);
    m5.intoArray(y.data, to5 + STREAM);
    r5.intoArray(y.data, to5 + 2 * STREAM);
    l6.intoArray(y.data, to6);
    m6.intoArray(y.data, to6 + STREAM);
    r6.intoArray(y.data, to6 + 2 * STREAM);
    l7.intoArray(y.data, to7);
    m7.intoArray(y.data, to7 + STREAM);
    r7.intoArray(y.data, to7 + 2 * STREAM);
  }
}
