package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Sums over a row in the order of {@link Lanes}, and exponentials. Used by one thread at a time. No
 * method takes or returns a vector: one that the compiler chose not to inline would allocate it.
 * Arithmetic is called on what was loaded or broadcast, and on its results, never on a vector that
 * a loop carries: the class of that the compiler knows only from calls it has counted, if any.
 * Stores cannot be turned round; they need the {@link TrapLimit}.
 */
final class VectorSums {
  // The lanes are one, two or four vectors. These are constants, so only the branches of this
  // machine's width are compiled.
  private static final boolean TWO = COUNT < Lanes.COUNT;
  private static final boolean FOUR = COUNT < Lanes.COUNT / 2;

  private final float[] lanes = new float[Lanes.COUNT];

  /** Σ a[i] · b[i]. */
  float dot(float[] a, int aAt, float[] b, int bAt, int n) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int whole = n - n % Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 =
          FloatVector.fromArray(FLOATS, a, aAt + i)
              .fma(FloatVector.fromArray(FLOATS, b, bAt + i), s0);
      if (TWO) {
        s1 =
            FloatVector.fromArray(FLOATS, a, aAt + i + COUNT)
                .fma(FloatVector.fromArray(FLOATS, b, bAt + i + COUNT), s1);
      }
      if (FOUR) {
        s2 =
            FloatVector.fromArray(FLOATS, a, aAt + i + 2 * COUNT)
                .fma(FloatVector.fromArray(FLOATS, b, bAt + i + 2 * COUNT), s2);
        s3 =
            FloatVector.fromArray(FLOATS, a, aAt + i + 3 * COUNT)
                .fma(FloatVector.fromArray(FLOATS, b, bAt + i + 3 * COUNT), s3);
      }
    }
    s0.intoArray(lanes, 0);
    if (TWO) {
      s1.intoArray(lanes, COUNT);
    }
    if (FOUR) {
      s2.intoArray(lanes, 2 * COUNT);
      s3.intoArray(lanes, 3 * COUNT);
    }
    for (int i = whole; i < n; i++) {
      lanes[i - whole] = Math.fma(a[aAt + i], b[bAt + i], lanes[i - whole]);
    }
    return Lanes.fold(lanes);
  }

  /** Starts a sum that {@link #add} continues and {@link #total} ends. */
  void clear() {
    Arrays.fill(lanes, 0);
  }

  /**
   * Adds x[at, at + n); if n is not a multiple of {@link Lanes#COUNT}, nothing may be added after
   * it.
   */
  void add(float[] x, int at, int n) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, lanes, 0);
    FloatVector s1 = TWO ? FloatVector.fromArray(FLOATS, lanes, COUNT) : s0;
    FloatVector s2 = FOUR ? FloatVector.fromArray(FLOATS, lanes, 2 * COUNT) : s0;
    FloatVector s3 = FOUR ? FloatVector.fromArray(FLOATS, lanes, 3 * COUNT) : s0;
    int whole = n - n % Lanes.COUNT;
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      s0 = FloatVector.fromArray(FLOATS, x, at + i).add(s0);
      if (TWO) {
        s1 = FloatVector.fromArray(FLOATS, x, at + i + COUNT).add(s1);
      }
      if (FOUR) {
        s2 = FloatVector.fromArray(FLOATS, x, at + i + 2 * COUNT).add(s2);
        s3 = FloatVector.fromArray(FLOATS, x, at + i + 3 * COUNT).add(s3);
      }
    }
    s0.intoArray(lanes, 0);
    if (TWO) {
      s1.intoArray(lanes, COUNT);
    }
    if (FOUR) {
      s2.intoArray(lanes, 2 * COUNT);
      s3.intoArray(lanes, 3 * COUNT);
    }
    for (int i = whole; i < n; i++) {
      lanes[i - whole] += x[at + i];
    }
  }

  /**
   * Adds weight[i] · (max − x[at + i]) for i in [0, n), under the same condition as {@link #add}.
   */
  void addSpreads(float[] weight, float[] x, int at, int n, float max) {
    FloatVector top = FloatVector.broadcast(FLOATS, max);
    int whole = n - n % Lanes.COUNT;
    for (int lane = 0; lane < Lanes.COUNT; lane += COUNT) {
      FloatVector s = FloatVector.fromArray(FLOATS, lanes, lane);
      for (int i = lane; i < whole; i += Lanes.COUNT) {
        s =
            FloatVector.fromArray(FLOATS, weight, i)
                .fma(top.sub(FloatVector.fromArray(FLOATS, x, at + i)), s);
      }
      s.intoArray(lanes, lane);
    }
    for (int i = whole; i < n; i++) {
      lanes[i - whole] = Math.fma(weight[i], max - x[at + i], lanes[i - whole]);
    }
  }

  /** The largest of x[at, at + n), where n is a positive multiple of {@link Lanes#COUNT}. */
  float largest(float[] x, int at, int n) {
    FloatVector max = FloatVector.fromArray(FLOATS, x, at);
    for (int i = COUNT; i < n; i += COUNT) {
      max = FloatVector.fromArray(FLOATS, x, at + i).max(max);
    }
    max.intoArray(lanes, 0);
    float largest = lanes[0];
    for (int i = 1; i < COUNT; i++) {
      largest = Math.max(largest, lanes[i]);
    }
    return largest;
  }

  /** The sum since {@link #clear}. */
  float total() {
    return Lanes.fold(lanes);
  }

  /**
   * to[toAt + i] = exp(x[at + i] − max) for i in [0, n); {@code to} may be {@code x}, at the same
   * place. The body of {@link Exp#exp} stands in the loop itself: as a method of its own it would
   * return a vector, and one that the compiler chose not to inline would allocate it.
   */
  static void exponentials(float[] x, int at, int n, float max, float[] to, int toAt) {
    int i = 0;
    for (; i + COUNT <= n; i += COUNT) {
      FloatVector v =
          FloatVector.fromArray(FLOATS, x, at + i).sub(max).max(Exp.LOWEST).min(Exp.HIGHEST);
      FloatVector shifted =
          v.fma(
              FloatVector.broadcast(FLOATS, Exp.LOG2_E), FloatVector.broadcast(FLOATS, Exp.ROUND));
      FloatVector count = shifted.sub(Exp.ROUND);
      FloatVector r = count.fma(FloatVector.broadcast(FLOATS, -Exp.LN2_HIGH), v);
      r = count.fma(FloatVector.broadcast(FLOATS, -Exp.LN2_LOW), r);
      FloatVector p =
          r.fma(FloatVector.broadcast(FLOATS, Exp.C6), FloatVector.broadcast(FLOATS, Exp.C5));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C4));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C3));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C2));
      p = p.fma(r, FloatVector.broadcast(FLOATS, Exp.C1));
      p = p.fma(r.mul(r), r).add(1);
      IntVector power =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Exp.MANTISSA_BITS)
              .add(IntVector.broadcast(INTS, Exp.ONE_BITS));
      p.mul(power.reinterpretAsFloats()).intoArray(to, toAt + i);
    }
    for (; i < n; i++) {
      to[toAt + i] = Exp.exp(x[at + i] - max);
    }
  }
}
