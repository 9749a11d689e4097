package io.drex.device.sim;

import io.drex.device.SplitMix64;
import io.drex.model.RampSpec;

/** Draws that are functions of what they are for: hashes in the place of a random generator. */
final class Chance {
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private Chance() {}

  /** Uniform in [0, 1), independent for each token and stream of a key. */
  static double uniform(long key, int token, int stream) {
    return (SplitMix64.mix(SplitMix64.mix(key + token * GOLDEN) + stream) >>> 11) * 0x1p-53;
  }

  /** Standard normal, by Box and Muller. */
  static double normal(long key, int token) {
    double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(key, token, -1)));
    return radius * StrictMath.cos(2 * Math.PI * uniform(key, token, -2));
  }

  /** The share of standard normal draws that are smaller; Abramowitz and Stegun 26.2.17. */
  static double normalShare(double x) {
    double t = 1 / (1 + 0.2316419 * Math.abs(x));
    double series =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    double tail = StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI) * series;
    return x < 0 ? tail : 1 - tail;
  }

  /**
   * The confidence at a rank among all rows, such that a share of them passes a ramp, by more the
   * smaller the rank; within one of the threshold where the metric is not bounded.
   *
   * @param rank uniform in [0, 1); the first {@code share} of them pass
   */
  static float confidence(double rank, double share, RampSpec ramp) {
    float threshold = ramp.threshold();
    float least = ramp.metric().least();
    if (rank < share) { // above the threshold, unless nothing is
      float most = Math.min(ramp.metric().most(), threshold + 1);
      double above = threshold + (most - threshold) * (1 - rank / share);
      return Math.min(most, Math.max((float) above, Math.nextUp(threshold)));
    }
    double below = least + (threshold - least) * (1 - rank) / (1 - share);
    return Math.max(least, Math.min((float) below, Math.nextDown(threshold)));
  }
}
