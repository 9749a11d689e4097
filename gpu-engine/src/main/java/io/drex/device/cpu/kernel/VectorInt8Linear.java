package io.drex.device.cpu.kernel;

import static io.drex.device.cpu.kernel.PackedMatrix.GROUP;
import static io.drex.device.cpu.kernel.PackedMatrix.STREAM;
import static io.drex.device.cpu.kernel.VectorLanes.COUNT;
import static io.drex.device.cpu.kernel.VectorLanes.FLOATS;
import static jdk.incubator.vector.VectorOperators.B2F;
import static jdk.incubator.vector.VectorOperators.LSHR;

import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Linear layers with {@link Int8Matrix} weights. A group's weights are widened to bf16, which holds
 * them exactly, and multiplied by {@link VectorLinear} while they are in the cache; then the sums
 * are multiplied by their outputs' scales. Weights that are widened within the loops of
 * multiplications would be read once less, but the compiler makes vectors of such loops in some
 * launches only. Used by one thread at a time.
 */
final class VectorInt8Linear {
  /** Bytes that become a vector of floats; there are no vectors of less than 8 bytes. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(Long.SIZE, COUNT * Byte.SIZE)));

  /** A group, for each number of inputs that was met. */
  private Bf16Matrix[] widened = {};

  void run(Int8Matrix w, Panel x, Panel y, int rows, int group) {
    Bf16Matrix bf16 = groupOf(w.inputs);
    for (int i = 0; i < GROUP; i += STREAM) {
      widen(w.data, w.at(group * GROUP + i), w.inputs, bf16.data, bf16.at(i));
    }
    VectorLinear.run(bf16, bf16.at(0), x, y, rows, group * GROUP);
    for (int row = 0; row < rows; row++) {
      scale(y.data, y.at(row) + group * GROUP, w.scale, group * GROUP);
    }
  }

  private Bf16Matrix groupOf(int inputs) {
    for (Bf16Matrix known : widened) {
      if (known.inputs == inputs) {
        return known;
      }
    }
    Bf16Matrix added = Bf16Matrix.zeros(inputs, GROUP);
    widened = Arrays.copyOf(widened, widened.length + 1);
    widened[widened.length - 1] = added;
    return added;
  }

  /**
   * @param from [input][output within the stream], from {@code at} on
   * @param to [input / 2][output within the stream], from {@code toAt} on
   */
  private static void widen(byte[] from, int at, int inputs, int[] to, int toAt) {
    int pairs = inputs / 2;
    for (int column = 0; column < STREAM; column += COUNT) {
      int even = at + column;
      int odd = at + STREAM + column;
      int pair = toAt + column;
      for (int k = 0; k < pairs; k++) {
        FloatVector e =
            (FloatVector)
                ByteVector.fromArray(BYTES, from, even + k * (2 * STREAM))
                    .convertShape(B2F, FLOATS, 0);
        FloatVector o =
            (FloatVector)
                ByteVector.fromArray(BYTES, from, odd + k * (2 * STREAM))
                    .convertShape(B2F, FLOATS, 0);
        IntVector low = e.reinterpretAsInts().lanewise(LSHR, 16);
        low.or(o.reinterpretAsInts()).intoArray(to, pair + k * STREAM);
      }
    }
    if (inputs % 2 != 0) { // one without another to be a pair with
      for (int j = 0; j < STREAM; j++) {
        float last = from[at + pairs * (2 * STREAM) + j];
        to[toAt + pairs * STREAM + j] = Float.floatToRawIntBits(last) >>> 16;
      }
    }
  }

  private static void scale(float[] sums, int at, float[] scale, int scaleAt) {
    for (int j = 0; j < GROUP; j++) {
      sums[at + j] *= scale[scaleAt + j];
    }
  }
}
