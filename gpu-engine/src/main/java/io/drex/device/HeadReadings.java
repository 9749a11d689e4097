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

  /** The token the head would emit, or {@link #NOT_FINITE}; ties go to the lowest id. [head] */
  public final int[] token;

  public HeadReadings(int maxRows) {
    confidence = new float[maxRows];
    token = new int[maxRows];
  }
}
