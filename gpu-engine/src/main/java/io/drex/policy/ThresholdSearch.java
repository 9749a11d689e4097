package io.drex.policy;

import java.util.function.ToDoubleFunction;

/**
 * Climbs one threshold at a time, with strides that halve, to a vector that no single stride
 * betters. Deterministic.
 */
final class ThresholdSearch {
  private final ToDoubleFunction<int[]> rate; // of thresholds, [ramp]
  private final int live;
  private int[] best;
  private double bestRate;

  /**
   * @param start thresholds, each in [1, live]. [ramp]
   */
  ThresholdSearch(ToDoubleFunction<int[]> rate, int live, int[] start) {
    this.rate = rate;
    this.live = live;
    best = start;
    bestRate = rate.applyAsDouble(start);
  }

  /** Climbs; returns the best thresholds met. [ramp] */
  int[] climb(int firstStride, int rounds) {
    for (int round = 0; round < rounds; round++) {
      double before = bestRate;
      for (int ramp = 0; ramp < best.length; ramp++) {
        for (int stride = Math.max(1, firstStride); stride > 0; stride /= 2) {
          if (!move(ramp, stride)) {
            move(ramp, -stride);
          }
        }
      }
      if (bestRate == before) {
        return best;
      }
    }
    return best;
  }

  double bestRate() {
    return bestRate;
  }

  private boolean move(int ramp, int by) {
    int[] other = best.clone();
    other[ramp] = Math.max(1, Math.min(live, best[ramp] + by));
    if (other[ramp] == best[ramp]) {
      return false;
    }
    double otherRate = rate.applyAsDouble(other);
    if (otherRate <= bestRate) {
      return false;
    }
    best = other;
    bestRate = otherRate;
    return true;
  }
}
