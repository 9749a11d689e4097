package io.drex.policy;

import java.util.Arrays;

/**
 * What calls took, exponentially weighted, kept apart by what they were to the ramp between
 * segments s and s + 1: its shallow half (a call of segment s), its deep half (a flush of segment s
 * + 1), or a full pass (both, one at once after the other). Owned by the scheduler's thread.
 *
 * <p>Source: DREX (paper). As there, calls that carry prompt rows count too.
 */
public final class StepTimes {
  /** Weight of the newest call. */
  private static final double WEIGHT = 1 / 16.0;

  private final double[] shallow; // nanoseconds, NaN until measured; [segment], as are the others
  private final double[] deep;
  private final double[] full;
  private long lastNanos;

  public StepTimes(int segments) {
    shallow = unmeasured(segments);
    deep = unmeasured(segments);
    full = unmeasured(segments);
  }

  private static double[] unmeasured(int segments) {
    double[] times = new double[segments];
    Arrays.fill(times, Double.NaN);
    return times;
  }

  /**
   * Notes a call.
   *
   * @param wentOn whether its rows came at once from the call before it
   */
  public void add(int segment, boolean wentOn, long nanos) {
    update(shallow, segment, nanos);
    if (wentOn) {
      update(full, segment - 1, lastNanos + nanos);
    } else if (segment > 0) {
      update(deep, segment - 1, nanos);
    }
    lastNanos = nanos;
  }

  /**
   * The share of a batch above which exits pay for splitting the pass at the ramp after a segment:
   * (t_s + t_d − t_f) / t_d, at least 0; NaN until all three have been measured.
   */
  double breakEvenShare(int segment) {
    double share = (shallow[segment] + deep[segment] - full[segment]) / deep[segment];
    return Math.max(0, share); // NaN stays NaN
  }

  /** What a call of a segment takes, on average; 0 until there was one. */
  public double callNanos(int segment) {
    return Double.isNaN(shallow[segment]) ? 0 : shallow[segment];
  }

  private static void update(double[] times, int segment, long nanos) {
    double old = times[segment];
    times[segment] = Double.isNaN(old) ? nanos : old + WEIGHT * (nanos - old);
  }
}
