package io.drex.simulate;

import java.util.Arrays;

/**
 * Counts of values that are at least 0, in buckets 2 % wide: mean exactly, quantiles to a bucket.
 * Mutable; allocates nothing after it was made.
 */
public final class Spread {
  private static final double RATIO = 1.02;
  private static final double LOG_RATIO = Math.log(RATIO);
  private static final double SMALLEST = 1e-3;
  private static final int BUCKETS = 2_048; // up to 1e14

  private final long[] counts = new long[BUCKETS];
  private long count;
  private double sum;
  private double max;

  Spread() {}

  void add(double value) {
    int bucket =
        value <= SMALLEST
            ? 0
            : (int) Math.min(BUCKETS - 1, 1 + Math.log(value / SMALLEST) / LOG_RATIO);
    counts[bucket]++;
    count++;
    sum += value;
    max = Math.max(max, value);
  }

  /** Forgets everything. */
  void clear() {
    Arrays.fill(counts, 0);
    count = 0;
    sum = 0;
    max = 0;
  }

  /** Values counted. */
  public long count() {
    return count;
  }

  /** Their mean; 0 without values. */
  public double mean() {
    return count == 0 ? 0 : sum / count;
  }

  /** The largest; 0 without values. */
  public double max() {
    return max;
  }

  /**
   * The value that a share of all do not exceed, to 2 %; 0 without values.
   *
   * @param share in (0, 1]
   */
  public double quantile(double share) {
    long rank = (long) Math.ceil(share * count);
    long seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      seen += counts[bucket];
      if (seen >= rank && seen > 0) {
        return bucket == 0 ? 0 : Math.min(max, SMALLEST * Math.pow(RATIO, bucket - 0.5));
      }
    }
    return 0;
  }
}
