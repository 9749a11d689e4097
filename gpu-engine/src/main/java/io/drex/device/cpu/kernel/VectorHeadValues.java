package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Adds weighted V of the positions [from, to), of four KV heads, to the outputs of one query each:
 * what {@link VectorValues} does for one head after the other. A single query waits for memory, and
 * each head is a stream of its own to it; a query's sum must take its positions in order, so that
 * they cannot be streams. Set the fields, then call.
 */
final class VectorHeadValues {
  /** KV heads that are taken at once. */
  static final int HEADS = 4;

  private final KvAddresses addresses;
  private final int half;
  final int[] inGroup = new int[HEADS]; // what the KV head adds to an address
  int from;
  int to;

  VectorHeadValues(AttentionShape shape, KvAddresses addresses) {
    this.addresses = addresses;
    half = shape.headDim() / 2;
  }

  /** Whether the shape's heads fill the kernel's vectors, and its sums the machine's registers. */
  static boolean fits(AttentionShape shape) {
    return COUNT != 8 && shape.headDim() % (4 * COUNT) == 0;
  }

  /**
   * @param at where the queries' weights start
   * @param into where the queries' outputs start
   */
  void add(int[][] values, float[] weights, int[] at, float[] out, int[] into) {
    int g0 = inGroup[0];
    int w0 = at[0];
    int o0 = into[0];
    int g1 = inGroup[1];
    int w1 = at[1];
    int o1 = into[1];
    int g2 = inGroup[2];
    int w2 = at[2];
    int o2 = into[2];
    int g3 = inGroup[3];
    int w3 = at[3];
    int o3 = into[3];
    for (int j = 0; j + 2 * COUNT <= half; j += 2 * COUNT) {
      FloatVector l00 = FloatVector.fromArray(FLOATS, out, o0 + j);
      FloatVector h00 = FloatVector.fromArray(FLOATS, out, o0 + half + j);
      FloatVector l01 = FloatVector.fromArray(FLOATS, out, o0 + j + COUNT);
      FloatVector h01 = FloatVector.fromArray(FLOATS, out, o0 + half + j + COUNT);
      FloatVector l10 = FloatVector.fromArray(FLOATS, out, o1 + j);
      FloatVector h10 = FloatVector.fromArray(FLOATS, out, o1 + half + j);
      FloatVector l11 = FloatVector.fromArray(FLOATS, out, o1 + j + COUNT);
      FloatVector h11 = FloatVector.fromArray(FLOATS, out, o1 + half + j + COUNT);
      FloatVector l20 = FloatVector.fromArray(FLOATS, out, o2 + j);
      FloatVector h20 = FloatVector.fromArray(FLOATS, out, o2 + half + j);
      FloatVector l21 = FloatVector.fromArray(FLOATS, out, o2 + j + COUNT);
      FloatVector h21 = FloatVector.fromArray(FLOATS, out, o2 + half + j + COUNT);
      FloatVector l30 = FloatVector.fromArray(FLOATS, out, o3 + j);
      FloatVector h30 = FloatVector.fromArray(FLOATS, out, o3 + half + j);
      FloatVector l31 = FloatVector.fromArray(FLOATS, out, o3 + j + COUNT);
      FloatVector h31 = FloatVector.fromArray(FLOATS, out, o3 + half + j + COUNT);
      for (int p = from; p < to; p++) {
        int[] source = values[addresses.source[p]];
        int v = addresses.value[p] + j;
        FloatVector x0 = FloatVector.broadcast(FLOATS, weights[w0 + p]);
        IntVector v00 = IntVector.fromArray(INTS, source, v + g0);
        l00 = v00.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, l00);
        h00 = v00.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x0, h00);
        IntVector v01 = IntVector.fromArray(INTS, source, v + g0 + COUNT);
        l01 = v01.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x0, l01);
        h01 = v01.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x0, h01);
        FloatVector x1 = FloatVector.broadcast(FLOATS, weights[w1 + p]);
        IntVector v10 = IntVector.fromArray(INTS, source, v + g1);
        l10 = v10.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x1, l10);
        h10 = v10.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x1, h10);
        IntVector v11 = IntVector.fromArray(INTS, source, v + g1 + COUNT);
        l11 = v11.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x1, l11);
        h11 = v11.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x1, h11);
        FloatVector x2 = FloatVector.broadcast(FLOATS, weights[w2 + p]);
        IntVector v20 = IntVector.fromArray(INTS, source, v + g2);
        l20 = v20.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x2, l20);
        h20 = v20.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x2, h20);
        IntVector v21 = IntVector.fromArray(INTS, source, v + g2 + COUNT);
        l21 = v21.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x2, l21);
        h21 = v21.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x2, h21);
        FloatVector x3 = FloatVector.broadcast(FLOATS, weights[w3 + p]);
        IntVector v30 = IntVector.fromArray(INTS, source, v + g3);
        l30 = v30.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x3, l30);
        h30 = v30.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x3, h30);
        IntVector v31 = IntVector.fromArray(INTS, source, v + g3 + COUNT);
        l31 = v31.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x3, l31);
        h31 = v31.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x3, h31);
      }
      l00.intoArray(out, o0 + j);
      h00.intoArray(out, o0 + half + j);
      l01.intoArray(out, o0 + j + COUNT);
      h01.intoArray(out, o0 + half + j + COUNT);
      l10.intoArray(out, o1 + j);
      h10.intoArray(out, o1 + half + j);
      l11.intoArray(out, o1 + j + COUNT);
      h11.intoArray(out, o1 + half + j + COUNT);
      l20.intoArray(out, o2 + j);
      h20.intoArray(out, o2 + half + j);
      l21.intoArray(out, o2 + j + COUNT);
      h21.intoArray(out, o2 + half + j + COUNT);
      l30.intoArray(out, o3 + j);
      h30.intoArray(out, o3 + half + j);
      l31.intoArray(out, o3 + j + COUNT);
      h31.intoArray(out, o3 + half + j + COUNT);
    }
  }
}
