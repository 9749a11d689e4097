package io.drex.model;

/**
 * The rotary embedding: how far each pair of a head's elements turns from one position to the next.
 *
 * @param theta base of the frequencies
 * @param scaling what was done to them for longer contexts
 */
public record RopeSpec(double theta, RopeScaling scaling) {

  /** A rotary embedding without scaling. */
  public static RopeSpec plain(double theta) {
    return new RopeSpec(theta, new RopeScaling.None());
  }

  /**
   * Radians per position, from {@link StrictMath} so that every machine has the same bits.
   *
   * @param pair in [0, headDim / 2)
   */
  public double frequency(int pair, int headDim) {
    return scaling.apply(StrictMath.pow(theta, -2.0 * pair / headDim));
  }
}
