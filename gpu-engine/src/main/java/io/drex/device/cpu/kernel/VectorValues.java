package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Adds weighted V of the positions [from, to) to the outputs of four queries or of one: lanes are
 * elements, and sums stay in registers while the positions pass. Set the fields, then call; a
 * query's weights are read from its place plus the position.
 */
final class VectorValues {
  /** Whether 16 sums stay in registers: AVX-512 and NEON have 32 of them, AVX2 has 16. */
  private static final boolean WIDE = COUNT != 8;

  private final KvAddresses addresses;
  private final int half;
  private final int headDim;
  int inGroup; // what the KV head adds to an address
  int from;
  int to;

  VectorValues(AttentionShape shape, KvAddresses addresses) {
    this.addresses = addresses;
    headDim = shape.headDim();
    half = headDim / 2;
  }

  void one(int[][] values, float[] weights, int w, float[] out, int at) {
    int j = 0;
    for (; j + 4 * COUNT <= half; j += 4 * COUNT) { // so that cells are read as they lie
      FloatVector l0 = FloatVector.fromArray(FLOATS, out, at + j);
      FloatVector h0 = FloatVector.fromArray(FLOATS, out, at + half + j);
      FloatVector l1 = FloatVector.fromArray(FLOATS, out, at + j + COUNT);
      FloatVector h1 = FloatVector.fromArray(FLOATS, out, at + half + j + COUNT);
      FloatVector l2 = FloatVector.fromArray(FLOATS, out, at + j + 2 * COUNT);
      FloatVector h2 = FloatVector.fromArray(FLOATS, out, at + half + j + 2 * COUNT);
      FloatVector l3 = FloatVector.fromArray(FLOATS, out, at + j + 3 * COUNT);
      FloatVector h3 = FloatVector.fromArray(FLOATS, out, at + half + j + 3 * COUNT);
      for (int p = from; p < to; p++) {
        int[] source = values[addresses.source[p]];
        int v = addresses.value[p] + inGroup + j;
        FloatVector x = FloatVector.broadcast(FLOATS, weights[w + p]);
        IntVector v0 = IntVector.fromArray(INTS, source, v);
        l0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x, l0);
        h0 = v0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x, h0);
        IntVector v1 = IntVector.fromArray(INTS, source, v + COUNT);
        l1 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x, l1);
        h1 = v1.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x, h1);
        IntVector v2 = IntVector.fromArray(INTS, source, v + 2 * COUNT);
        l2 = v2.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x, l2);
        h2 = v2.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x, h2);
        IntVector v3 = IntVector.fromArray(INTS, source, v + 3 * COUNT);
        l3 = v3.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x, l3);
        h3 = v3.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x, h3);
      }
      l0.intoArray(out, at + j);
      h0.intoArray(out, at + half + j);
      l1.intoArray(out, at + j + COUNT);
      h1.intoArray(out, at + half + j + COUNT);
      l2.intoArray(out, at + j + 2 * COUNT);
      h2.intoArray(out, at + half + j + 2 * COUNT);
      l3.intoArray(out, at + j + 3 * COUNT);
      h3.intoArray(out, at + half + j + 3 * COUNT);
    }
    for (; j + COUNT <= half; j += COUNT) {
      FloatVector l0 = FloatVector.fromArray(FLOATS, out, at + j);
      FloatVector h0 = FloatVector.fromArray(FLOATS, out, at + half + j);
      for (int p = from; p < to; p++) {
        int[] source = values[addresses.source[p]];
        int v = addresses.value[p] + inGroup + j;
        FloatVector x = FloatVector.broadcast(FLOATS, weights[w + p]);
        IntVector v0 = IntVector.fromArray(INTS, source, v);
        l0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats().fma(x, l0);
        h0 = v0.and(Bf16Matrix.HIGH).reinterpretAsFloats().fma(x, h0);
      }
      l0.intoArray(out, at + j);
      h0.intoArray(out, at + half + j);
    }
    rest(values, weights, w, out, at);
  }

  /** What {@link #one} does, for the elements that fill no vector. */
  void rest(int[][] values, float[] weights, int w, float[] out, int at) {
    for (int j = half - half % COUNT; j < half; j++) {
      float low = out[at + j];
      float high = out[at + half + j];
      for (int p = from; p < to; p++) {
        int pair = values[addresses.source[p]][addresses.value[p] + inGroup + j];
        low = Math.fma(weights[w + p], Bf16Matrix.low(pair), low);
        high = Math.fma(weights[w + p], Bf16Matrix.high(pair), high);
      }
      out[at + j] = low;
      out[at + half + j] = high;
    }
  }

  void one(float[][] values, float[] weights, int w, float[] out, int at) {
    for (int j = 0; j + COUNT <= headDim; j += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, out, at + j);
      for (int p = from; p < to; p++) {
        float[] source = values[addresses.source[p]];
        sum =
            FloatVector.fromArray(FLOATS, source, addresses.value[p] + inGroup + j)
                .fma(FloatVector.broadcast(FLOATS, weights[w + p]), sum);
      }
      sum.intoArray(out, at + j);
    }
    rest(values, weights, w, out, at);
  }

  /** What {@link #one} does, for the elements that fill no vector. */
  void rest(float[][] values, float[] weights, int w, float[] out, int at) {
    for (int j = headDim - headDim % COUNT; j < headDim; j++) {
      float sum = out[at + j];
      for (int p = from; p < to; p++) {
        float value = values[addresses.source[p]][addresses.value[p] + inGroup + j];
        sum = Math.fma(weights[w + p], value, sum);
      }
      out[at + j] = sum;
    }
  }

  /**
   * As {@link #one} for each of the four queries from {@code first} on, of which several may be
   * one; only whole vectors.
   *
   * @param at where the queries' weights start
   * @param into where the queries' outputs start
   */
  void four(int[][] values, float[] weights, int[] at, int first, float[] out, int[] into) {
    int w0 = at[first];
    int w1 = at[first + 1];
    int w2 = at[first + 2];
    int w3 = at[first + 3];
    int o0 = into[first];
    int o1 = into[first + 1];
    int o2 = into[first + 2];
    int o3 = into[first + 3];
    int j = 0;
    for (; WIDE && j + 2 * COUNT <= half; j += 2 * COUNT) {
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
        int v = addresses.value[p] + inGroup + j;
        FloatVector x0 = FloatVector.broadcast(FLOATS, weights[w0 + p]);
        FloatVector x1 = FloatVector.broadcast(FLOATS, weights[w1 + p]);
        FloatVector x2 = FloatVector.broadcast(FLOATS, weights[w2 + p]);
        FloatVector x3 = FloatVector.broadcast(FLOATS, weights[w3 + p]);
        IntVector v0 = IntVector.fromArray(INTS, source, v);
        FloatVector low0 = v0.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        l00 = low0.fma(x0, l00);
        l10 = low0.fma(x1, l10);
        l20 = low0.fma(x2, l20);
        l30 = low0.fma(x3, l30);
        FloatVector high0 = v0.and(Bf16Matrix.HIGH).reinterpretAsFloats();
        h00 = high0.fma(x0, h00);
        h10 = high0.fma(x1, h10);
        h20 = high0.fma(x2, h20);
        h30 = high0.fma(x3, h30);
        IntVector v1 = IntVector.fromArray(INTS, source, v + COUNT);
        FloatVector low1 = v1.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        l01 = low1.fma(x0, l01);
        l11 = low1.fma(x1, l11);
        l21 = low1.fma(x2, l21);
        l31 = low1.fma(x3, l31);
        FloatVector high1 = v1.and(Bf16Matrix.HIGH).reinterpretAsFloats();
        h01 = high1.fma(x0, h01);
        h11 = high1.fma(x1, h11);
        h21 = high1.fma(x2, h21);
        h31 = high1.fma(x3, h31);
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
    for (; j + COUNT <= half; j += COUNT) {
      FloatVector l0 = FloatVector.fromArray(FLOATS, out, o0 + j);
      FloatVector h0 = FloatVector.fromArray(FLOATS, out, o0 + half + j);
      FloatVector l1 = FloatVector.fromArray(FLOATS, out, o1 + j);
      FloatVector h1 = FloatVector.fromArray(FLOATS, out, o1 + half + j);
      FloatVector l2 = FloatVector.fromArray(FLOATS, out, o2 + j);
      FloatVector h2 = FloatVector.fromArray(FLOATS, out, o2 + half + j);
      FloatVector l3 = FloatVector.fromArray(FLOATS, out, o3 + j);
      FloatVector h3 = FloatVector.fromArray(FLOATS, out, o3 + half + j);
      for (int p = from; p < to; p++) {
        int[] source = values[addresses.source[p]];
        IntVector v = IntVector.fromArray(INTS, source, addresses.value[p] + inGroup + j);
        FloatVector low = v.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
        FloatVector high = v.and(Bf16Matrix.HIGH).reinterpretAsFloats();
        FloatVector x0 = FloatVector.broadcast(FLOATS, weights[w0 + p]);
        FloatVector x1 = FloatVector.broadcast(FLOATS, weights[w1 + p]);
        FloatVector x2 = FloatVector.broadcast(FLOATS, weights[w2 + p]);
        FloatVector x3 = FloatVector.broadcast(FLOATS, weights[w3 + p]);
        l0 = low.fma(x0, l0);
        h0 = high.fma(x0, h0);
        l1 = low.fma(x1, l1);
        h1 = high.fma(x1, h1);
        l2 = low.fma(x2, l2);
        h2 = high.fma(x2, h2);
        l3 = low.fma(x3, l3);
        h3 = high.fma(x3, h3);
      }
      l0.intoArray(out, o0 + j);
      h0.intoArray(out, o0 + half + j);
      l1.intoArray(out, o1 + j);
      h1.intoArray(out, o1 + half + j);
      l2.intoArray(out, o2 + j);
      h2.intoArray(out, o2 + half + j);
      l3.intoArray(out, o3 + j);
      h3.intoArray(out, o3 + half + j);
    }
  }

  void four(float[][] values, float[] weights, int[] at, int first, float[] out, int[] into) {
    int w0 = at[first];
    int w1 = at[first + 1];
    int w2 = at[first + 2];
    int w3 = at[first + 3];
    int o0 = into[first];
    int o1 = into[first + 1];
    int o2 = into[first + 2];
    int o3 = into[first + 3];
    for (int j = 0; j + COUNT <= headDim; j += COUNT) {
      FloatVector s0 = FloatVector.fromArray(FLOATS, out, o0 + j);
      FloatVector s1 = FloatVector.fromArray(FLOATS, out, o1 + j);
      FloatVector s2 = FloatVector.fromArray(FLOATS, out, o2 + j);
      FloatVector s3 = FloatVector.fromArray(FLOATS, out, o3 + j);
      for (int p = from; p < to; p++) {
        float[] source = values[addresses.source[p]];
        FloatVector v = FloatVector.fromArray(FLOATS, source, addresses.value[p] + inGroup + j);
        s0 = v.fma(FloatVector.broadcast(FLOATS, weights[w0 + p]), s0);
        s1 = v.fma(FloatVector.broadcast(FLOATS, weights[w1 + p]), s1);
        s2 = v.fma(FloatVector.broadcast(FLOATS, weights[w2 + p]), s2);
        s3 = v.fma(FloatVector.broadcast(FLOATS, weights[w3 + p]), s3);
      }
      s0.intoArray(out, o0 + j);
      s1.intoArray(out, o1 + j);
      s2.intoArray(out, o2 + j);
      s3.intoArray(out, o3 + j);
    }
  }
}
