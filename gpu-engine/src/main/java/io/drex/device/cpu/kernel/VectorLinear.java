package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Linear layers in tiles of 4 rows or 1 row by two vectors of outputs, so that each weight is read
 * from memory once per group and the loop body stays within what the compiler turns into vector
 * instructions: at most 16 accumulators and 24 multiply-adds. Loops count single inputs or pairs,
 * and every index is a multiple of the count: otherwise the compiler keeps the bounds checks of all
 * loads in the loop. No vector passes between methods: the compiler stops inlining them where what
 * it compiles has grown large, and then allocates the vector.
 */
final class VectorLinear {
  private static final int ROWS = 4;
  private static final int COLUMNS = 2 * COUNT;

  private VectorLinear() {}

  static void run(F32Matrix w, Panel x, Panel y, int rows, int group) {
    for (int c = 0; c < GROUP; c += COLUMNS) {
      int wAt = w.start(group) + c;
      int row = 0;
      for (; row + ROWS <= rows; row += ROWS) {
        fourRows(w, wAt, x, y, row, group * GROUP + c);
      }
      for (; row < rows; row++) {
        oneRow(w, wAt, x, y, row, group * GROUP + c);
      }
    }
  }

  private static void oneRow(F32Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int x0 = x.at(row);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    for (int k = 0; k < w.inputs; k++) {
      int at = wAt + k * GROUP;
      FloatVector a = FloatVector.broadcast(FLOATS, x.data[x0 + k]);
      l0 = FloatVector.fromArray(FLOATS, w.data, at).fma(a, l0);
      r0 = FloatVector.fromArray(FLOATS, w.data, at + COUNT).fma(a, r0);
    }
    l0.intoArray(y.data, y.at(row) + column);
    r0.intoArray(y.data, y.at(row) + column + COUNT);
  }

  private static void fourRows(F32Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int x0 = x.at(row);
    int x1 = x.at(row + 1);
    int x2 = x.at(row + 2);
    int x3 = x.at(row + 3);
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero, l3 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    for (int k = 0; k < w.inputs; k++) {
      int at = wAt + k * GROUP;
      FloatVector l = FloatVector.fromArray(FLOATS, w.data, at);
      FloatVector r = FloatVector.fromArray(FLOATS, w.data, at + COUNT);
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + k]);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x1 + k]);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x2 + k]);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x3 + k]);
      l0 = l.fma(a0, l0);
      r0 = r.fma(a0, r0);
      l1 = l.fma(a1, l1);
      r1 = r.fma(a1, r1);
      l2 = l.fma(a2, l2);
      r2 = r.fma(a2, r2);
      l3 = l.fma(a3, l3);
      r3 = r.fma(a3, r3);
    }
    l0.intoArray(y.data, y.at(row) + column);
    r0.intoArray(y.data, y.at(row) + column + COUNT);
    l1.intoArray(y.data, y.at(row + 1) + column);
    r1.intoArray(y.data, y.at(row + 1) + column + COUNT);
    l2.intoArray(y.data, y.at(row + 2) + column);
    r2.intoArray(y.data, y.at(row + 2) + column + COUNT);
    l3.intoArray(y.data, y.at(row + 3) + column);
    r3.intoArray(y.data, y.at(row + 3) + column + COUNT);
  }

  static void run(Bf16Matrix w, Panel x, Panel y, int rows, int group) {
    run(w, group, x, y, rows, group * GROUP);
  }

  /** Multiplies a group, to the columns of y from {@code column} on. */
  static void run(Bf16Matrix w, int group, Panel x, Panel y, int rows, int column) {
    // Only oneRow knows how to end on half a pair; real models have no odd widths.
    boolean single = rows == 1 || w.inputs % 2 != 0;
    for (int c = 0; c < GROUP; c += COLUMNS) {
      int wAt = w.start(group) + c;
      for (int row = 0; row < rows; row += single ? 1 : ROWS) {
        if (single) {
          oneRow(w, wAt, x, y, row, column + c);
        } else {
          fourRows(w, wAt, x, y, row, rows - 1, column + c);
        }
      }
    }
  }

  private static void oneRow(Bf16Matrix w, int wAt, Panel x, Panel y, int row, int column) {
    int[] data = w.data;
    int x0 = x.at(row);
    FloatVector l0 = FloatVector.zero(FLOATS);
    FloatVector r0 = l0;
    // Two pairs at once: what the compiler makes when it unrolls the loop itself is a third slower.
    int twoPairs = w.inputs / 4;
    for (int k = 0; k < twoPairs; k++) {
      int at = wAt + k * (2 * GROUP);
      IntVector l = IntVector.fromArray(INTS, data, at);
      IntVector r = IntVector.fromArray(INTS, data, at + COUNT);
      IntVector nextL = IntVector.fromArray(INTS, data, at + GROUP);
      IntVector nextR = IntVector.fromArray(INTS, data, at + GROUP + COUNT);
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k]);
      l0 = l.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a0, l0);
      r0 = r.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a0, r0);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 1]);
      l0 = l.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a1, l0);
      r0 = r.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a1, r0);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 2]);
      l0 = nextL.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a2, l0);
      r0 = nextR.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(a2, r0);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x0 + 4 * k + 3]);
      l0 = nextL.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a3, l0);
      r0 = nextR.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(a3, r0);
    }
    l0.intoArray(y.data, y.at(row) + column);
    r0.intoArray(y.data, y.at(row) + column + COUNT);
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

  /** Rows after {@code last} are {@code last} once more. */
  private static void fourRows(
      Bf16Matrix w, int wAt, Panel x, Panel y, int row, int last, int column) {
    int[] data = w.data;
    int row1 = Math.min(row + 1, last);
    int row2 = Math.min(row + 2, last);
    int row3 = Math.min(row + 3, last);
    int x0 = x.at(row);
    int x1 = x.at(row1);
    int x2 = x.at(row2);
    int x3 = x.at(row3);
    int pairs = w.inputs / 2;
    FloatVector zero = FloatVector.zero(FLOATS);
    FloatVector l0 = zero, l1 = zero, l2 = zero, l3 = zero;
    FloatVector r0 = zero, r1 = zero, r2 = zero, r3 = zero;
    for (int k = 0; k < pairs; k++) {
      int at = wAt + k * GROUP;
      IntVector l = IntVector.fromArray(INTS, data, at);
      IntVector r = IntVector.fromArray(INTS, data, at + COUNT);
      FloatVector le = l.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector re = r.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
      FloatVector a0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k]);
      FloatVector a1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k]);
      FloatVector a2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k]);
      FloatVector a3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k]);
      l0 = le.fma(a0, l0);
      r0 = re.fma(a0, r0);
      l1 = le.fma(a1, l1);
      r1 = re.fma(a1, r1);
      l2 = le.fma(a2, l2);
      r2 = re.fma(a2, r2);
      l3 = le.fma(a3, l3);
      r3 = re.fma(a3, r3);
      FloatVector lo = l.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector ro = r.and(Bf16Matrix.HIGH).reinterpretAsFloats();
      FloatVector b0 = FloatVector.broadcast(FLOATS, x.data[x0 + 2 * k + 1]);
      FloatVector b1 = FloatVector.broadcast(FLOATS, x.data[x1 + 2 * k + 1]);
      FloatVector b2 = FloatVector.broadcast(FLOATS, x.data[x2 + 2 * k + 1]);
      FloatVector b3 = FloatVector.broadcast(FLOATS, x.data[x3 + 2 * k + 1]);
      l0 = lo.fma(b0, l0);
      r0 = ro.fma(b0, r0);
      l1 = lo.fma(b1, l1);
      r1 = ro.fma(b1, r1);
      l2 = lo.fma(b2, l2);
      r2 = ro.fma(b2, r2);
      l3 = lo.fma(b3, l3);
      r3 = ro.fma(b3, r3);
    }
    l0.intoArray(y.data, y.at(row) + column);
    r0.intoArray(y.data, y.at(row) + column + COUNT);
    l1.intoArray(y.data, y.at(row1) + column);
    r1.intoArray(y.data, y.at(row1) + column + COUNT);
    l2.intoArray(y.data, y.at(row2) + column);
    r2.intoArray(y.data, y.at(row2) + column + COUNT);
    l3.intoArray(y.data, y.at(row3) + column);
    r3.intoArray(y.data, y.at(row3) + column + COUNT);
  }
}
