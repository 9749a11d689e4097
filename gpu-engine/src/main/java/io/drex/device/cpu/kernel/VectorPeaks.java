package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static io.drex.device.cpu.kernel.VectorLanes.INTS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Work that nothing but one limit of this machine holds up, to compare kernels with; only where
 * {@link KernelKind#VECTOR} is present.
 */
public final class VectorPeaks {
  /** Multiply-adds on their way at once: more than the units' latency asks for. */
  private static final int CHAINS = 12;

  private VectorPeaks() {}

  /** Floats that a call of {@link #multiplyAdd} leaves behind. */
  public static int sinkLength() {
    return COUNT;
  }

  /**
   * Runs multiply-adds of float vectors that wait for nothing but the units.
   *
   * @param sink receives what depends on all of them
   * @return floating-point operations done, two per multiply-add
   */
  public static double multiplyAdd(int rounds, float[] sink) {
    FloatVector a = FloatVector.broadcast(FLOATS, .5f);
    FloatVector s0 = FloatVector.fromArray(FLOATS, sink, 0);
    FloatVector s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
    FloatVector s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
    for (int i = 0; i < rounds; i++) {
      s0 = s0.fma(a, a);
      s1 = s1.fma(a, a);
      s2 = s2.fma(a, a);
      s3 = s3.fma(a, a);
      s4 = s4.fma(a, a);
      s5 = s5.fma(a, a);
      s6 = s6.fma(a, a);
      s7 = s7.fma(a, a);
      s8 = s8.fma(a, a);
      s9 = s9.fma(a, a);
      s10 = s10.fma(a, a);
      s11 = s11.fma(a, a);
    }
    s0 = s0.add(s1).add(s2).add(s3).add(s4).add(s5);
    s0.add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).intoArray(sink, 0);
    return 2.0 * CHAINS * COUNT * rounds;
  }

  /**
   * Reads data[from, to) once, as four streams; what does not fill a vector of each is left out.
   *
   * @return the sum of what was read
   */
  public static int read(int[] data, int from, int to) {
    int stream = (to - from) / 4 / COUNT * COUNT;
    IntVector s0 = IntVector.zero(INTS);
    IntVector s1 = s0, s2 = s0, s3 = s0;
    for (int i = 0; i < stream; i += COUNT) {
      s0 = s0.add(IntVector.fromArray(INTS, data, from + i));
      s1 = s1.add(IntVector.fromArray(INTS, data, from + stream + i));
      s2 = s2.add(IntVector.fromArray(INTS, data, from + 2 * stream + i));
      s3 = s3.add(IntVector.fromArray(INTS, data, from + 3 * stream + i));
    }
    return s0.add(s1).add(s2.add(s3)).reduceLanes(VectorOperators.ADD);
  }
}
