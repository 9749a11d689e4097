package io.drex.device;

/**
 * What the head read, per head row of a call: the only values that come up from a device. Reused
 * between calls; owned by the engine thread.
 */
public final class HeadReadings {
  /** {@link #token} of a head row whose logits are not all finite. */
  public static final int NOT_FINITE = -1;

  /** The ramp's confidence metric; 0 where the logits are not finite. [head] */
  public final float[] confidence;

  /**
   * The token the head would emit, by its row's {@link Sampling}, or {@link #NOT_FINITE}. [head]
   */
  public final int[] token;

  /**
   * Natural logarithm of {@link #token}'s softmax probability, of the logits as they are, whatever
   * the sampling; means nothing where they are not finite. [head]
   */
  public final float[] logProb;

  public HeadReadings(int maxRows) {
    confidence = new float[maxRows];
    token = new int[maxRows];
    logProb = new float[maxRows];
  }
}
