package io.drex.demo.recipe;

/** Rounding to bfloat16, the upper half of a float32. */
final class Bfloat16 {
  private static final int LOWER_BITS = 16;
  private static final int ALMOST_HALF = 0x7FFF;

  private Bfloat16() {}

  /** The bits of the nearest bfloat16, ties to even; the value must be finite. */
  static short round(float value) {
    if (!Float.isFinite(value)) {
      throw new IllegalArgumentException("a weight is " + value + "; the training diverged");
    }
    int bits = Float.floatToRawIntBits(value);
    int even = (bits >>> LOWER_BITS) & 1;
    return (short) ((bits + ALMOST_HALF + even) >>> LOWER_BITS);
  }
}
