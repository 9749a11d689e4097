package io.drex.device.cuda;

/** The type bf16 as tests see it. */
final class Bf16 {
  private Bf16() {}

  /** The bits of the nearest bf16, the even one of two. */
  static short bits(float value) {
    int bits = Float.floatToRawIntBits(value);
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  static float value(short bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  static float rounded(float value) {
    return value(bits(value));
  }
}
