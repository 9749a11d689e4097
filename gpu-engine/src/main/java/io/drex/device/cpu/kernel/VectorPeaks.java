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
      s0 = a.fma(s0, a);
      s1 = a.fma(s1, a);
      s2 = a.fma(s2, a);
      s3 = a.fma(s3, a);
      s4 = a.fma(s4, a);
      s5 = a.fma(s5, a);
      s6 = a.fma(s6, a);
      s7 = a.fma(s7, a);
      s8 = a.fma(s8, a);
      s9 = a.fma(s9, a);
      s10 = a.fma(s10, a);
      s11 = a.fma(s11, a);
    }
    a = a.add(s0).add(s1).add(s2).add(s3).add(s4).add(s5);
    a.add(s6).add(s7).add(s8).add(s9).add(s10).add(s11).intoArray(sink, 0);
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
      s0 = IntVector.fromArray(INTS, data, from + i).add(s0);
      s1 = IntVector.fromArray(INTS, data, from + stream + i).add(s1);
      s2 = IntVector.fromArray(INTS, data, from + 2 * stream + i).add(s2);
      s3 = IntVector.fromArray(INTS, data, from + 3 * stream + i).add(s3);
    }
    return IntVector.zero(INTS).add(s0).add(s1).add(s2).add(s3).reduceLanes(VectorOperators.ADD);
  }
}
