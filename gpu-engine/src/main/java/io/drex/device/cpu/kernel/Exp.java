package io.drex.device.cpu.kernel;

/**
 * The one exponential of all kernels: Cody-Waite reduction and a polynomial (Cephes' coefficients),
 * within 2 ulp of e^x. Arguments are clamped to [{@link #LOWEST}, {@link #HIGHEST}], where the
 * result is a normal float; not-a-number stays so.
 */
final class Exp {
  static final float LOWEST = -87f;
  static final float HIGHEST = 88f;
  static final float LOG2_E = 0x1.715476p0f;

  /** Adding it rounds to an integer, which the low bits then hold. */
  static final float ROUND = 0x1.8p23f;

  static final float LN2_HIGH = 0x1.63p-1f;
  static final float LN2_LOW = -0x1.bd0106p-13f;
  static final float C6 = 0x1.a0d2cep-13f;
  static final float C5 = 0x1.6e879cp-10f;
  static final float C4 = 0x1.11121p-7f;
  static final float C3 = 0x1.555382p-5f;
  static final float C2 = 0x1.555554p-3f;
  static final float C1 = 0x1.0p-1f;
  static final int MANTISSA_BITS = 23;
  static final int ONE_BITS = 0x3F800000;

  private Exp() {}

  static float exp(float argument) {
    float x = Math.min(Math.max(argument, LOWEST), HIGHEST);
    float shifted = Math.fma(x, LOG2_E, ROUND);
    float n = shifted - ROUND;
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float p = Math.fma(C6, r, C5);
    p = Math.fma(p, r, C4);
    p = Math.fma(p, r, C3);
    p = Math.fma(p, r, C2);
    p = Math.fma(p, r, C1);
    p = Math.fma(p, r * r, r) + 1;
    // 2^n, made of the low bits of `shifted`. A product, not an addition to p's bits, so that a
    // not-a-number cannot become a number.
    return p * Float.intBitsToFloat((Float.floatToRawIntBits(shifted) << MANTISSA_BITS) + ONE_BITS);
  }
}
