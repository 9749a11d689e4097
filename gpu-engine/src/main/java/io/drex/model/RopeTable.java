package io.drex.model;

/**
 * Cosines and sines of the rotary embedding, from {@link StrictMath} so that every machine has the
 * same bits. The angle of a pair at position p is p times the pair's {@link RopeSpec#frequency}.
 */
public final class RopeTable {
  /** Half of a head: elements i and i + half are a pair. */
  public final int half;

  /** [position][half] */
  public final float[] cos;

  /** [position][half] */
  public final float[] sin;

  private RopeTable(int half, float[] cos, float[] sin) {
    this.half = half;
    this.cos = cos;
    this.sin = sin;
  }

  /** The table of a head's elements for positions [0, positions). */
  public static RopeTable compute(int headDim, int positions, RopeSpec rope) {
    int half = headDim / 2;
    RopeTable table =
        new RopeTable(
            half,
            new float[Math.multiplyExact(positions, half)],
            new float[Math.multiplyExact(positions, half)]);
    for (int i = 0; i < half; i++) {
      double frequency = rope.frequency(i, headDim);
      for (int p = 0; p < positions; p++) {
        table.cos[p * half + i] = (float) StrictMath.cos(p * frequency);
        table.sin[p * half + i] = (float) StrictMath.sin(p * frequency);
      }
    }
    return table;
  }

  /** Bytes of both arrays. */
  public long bytes() {
    return (long) (cos.length + sin.length) * Float.BYTES;
  }
}
