package io.drex.engine;

import java.util.Arrays;

/** What ramps read of one sequence, as it grows. Engine thread only. */
final class RampLog {
  private static final int FIRST_TOKENS = 16;

  private final int ramps;
  private float[] confidences = {}; // [(token − 1) · ramps + ramp]; NaN where no ramp was met

  RampLog(int ramps) {
    this.ramps = ramps;
  }

  /**
   * Notes a reading, in the place of an earlier one of the same row.
   *
   * @param token at least 1
   */
  void add(int token, int ramp, float confidence) {
    int used = confidences.length;
    if (used < token * ramps) {
      confidences = Arrays.copyOf(confidences, Math.max(2 * used, (token + FIRST_TOKENS) * ramps));
      Arrays.fill(confidences, used, confidences.length, Float.NaN);
    }
    confidences[(token - 1) * ramps + ramp] = confidence;
  }

  /** The readings of a sequence of so many tokens, at least 1; see {@link RampTrace}. */
  float[] confidences(int tokens) {
    int length = (tokens - 1) * ramps;
    float[] all = Arrays.copyOf(confidences, length);
    if (length > confidences.length) { // rows whose logits were not finite were not told
      Arrays.fill(all, confidences.length, length, Float.NaN);
    }
    return all;
  }
}
