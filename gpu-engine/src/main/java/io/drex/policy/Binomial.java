package io.drex.policy;

import java.util.Arrays;

/**
 * How many of n rows leave at a ramp, each with the same chance. Chances below 1e-12 of the
 * likeliest count are dropped. Immutable.
 */
final class Binomial {
  private static final double NEGLIGIBLE = 1e-12;

  private final int[] from; // [n], the least count that has a chance
  private final double[][] chance; // [n][count - from]

  private Binomial(int[] from, double[][] chance) {
    this.from = from;
    this.chance = chance;
  }

  /**
   * @param most the largest n
   * @param p chance of one row, within (0, 1)
   */
  static Binomial upTo(int most, double p) {
    int[] from = new int[most + 1];
    double[][] chance = new double[most + 1][];
    for (int n = 0; n <= most; n++) {
      int mode = Math.min(n, (int) ((n + 1) * p));
      double[] raw = new double[n + 1];
      raw[mode] = 1;
      int low = mode;
      for (; low > 0 && raw[low] > NEGLIGIBLE; low--) {
        raw[low - 1] = raw[low] * low * (1 - p) / ((n - low + 1) * p);
      }
      int high = mode;
      for (; high < n && raw[high] > NEGLIGIBLE; high++) {
        raw[high + 1] = raw[high] * (n - high) * p / ((high + 1) * (1 - p));
      }
      from[n] = low;
      chance[n] = normalised(Arrays.copyOfRange(raw, low, high + 1));
    }
    return new Binomial(from, chance);
  }

  private static double[] normalised(double[] weights) {
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  /** The least count of n that has a chance. */
  int least(int n) {
    return from[n];
  }

  /** The largest count of n that has a chance. */
  int largest(int n) {
    return from[n] + chance[n].length - 1;
  }

  /** The chance of a count within [{@link #least}, {@link #largest}]. */
  double chance(int n, int count) {
    return chance[n][count - from[n]];
  }
}
