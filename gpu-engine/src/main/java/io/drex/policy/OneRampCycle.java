package io.drex.policy;

/**
 * The renewal process of one ramp, decode only, exactly: start with an empty buffer; run the ready
 * rows through segment 0, where each leaves with the same chance, until the buffer holds T rows;
 * flush it. All numbers of live sequences are constant, and every row has the same context.
 *
 * <p>Source: ours; cycle expectations over the number of buffered rows m, which only grows within a
 * cycle, so that one backward pass solves them.
 */
final class OneRampCycle {
  private static final int MOST_ROUNDS = 50;

  private final int live;
  private final Binomial exits;
  private final double[] shallowMicros; // [rows], as is the next
  private final double[] deepMicros;

  // A backward pass leaves expectations from m buffered rows to the end of the cycle. [m]
  private final double[] micros;
  private final double[] tokens;
  private final double[] value;

  /**
   * @param ramp the ramp that buffers; at those before it rows leave and nobody waits, those after
   *     it are passed by
   * @param live sequences alive, at least 1
   */
  OneRampCycle(CostTable costs, FlushLoad load, int ramp, int live) {
    this.live = live;
    exits = Binomial.upTo(live, exitRateUpTo(load, ramp));
    shallowMicros = new double[live + 1];
    deepMicros = new double[live + 1];
    for (int n = 0; n <= live; n++) {
      for (int segment = 0; segment < costs.segments().size(); segment++) {
        double[] half = segment <= ramp ? shallowMicros : deepMicros;
        half[n] += costs.micros(segment, n, n * load.contextTokens(), 0, n);
      }
    }
    micros = new double[live + 1];
    tokens = new double[live + 1];
    value = new double[live + 1];
  }

  private static double exitRateUpTo(FlushLoad load, int ramp) {
    double stays = 1;
    for (int r = 0; r <= ramp; r++) {
      stays *= 1 - load.exitRates().get(r);
    }
    return 1 - stays;
  }

  /** Tokens per microsecond with a threshold in [1, live]. */
  double rate(int threshold) {
    for (int m = live; m >= 0; m--) {
      if (m >= threshold) {
        micros[m] = deepMicros[m];
        tokens[m] = m;
      } else {
        expect(m);
      }
    }
    return tokens[0] / micros[0];
  }

  private void expect(int m) {
    int ready = live - m;
    double time = shallowMicros[ready];
    double out = 0;
    double stays = 0;
    for (int e = exits.least(ready); e <= exits.largest(ready); e++) {
      double chance = exits.chance(ready, e);
      out += chance * e;
      if (e == ready) {
        stays = chance; // nobody joined the buffer: the same state again
      } else {
        time += chance * micros[m + ready - e];
        out += chance * tokens[m + ready - e];
      }
    }
    micros[m] = time / (1 - stays);
    tokens[m] = out / (1 - stays);
  }

  /** The threshold of the highest rate: optimal stopping at a price for time, until it fits. */
  int best() {
    int threshold = Math.max(1, live / 2);
    double rate = rate(threshold);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      int next = firstWorthFlushing(rate);
      double nextRate = rate(next);
      if (nextRate <= rate * (1 + 1e-12)) {
        return threshold;
      }
      threshold = next;
      rate = nextRate;
    }
    return threshold;
  }

  /** The least buffer whose flush is worth at least going on, if a microsecond costs so much. */
  private int firstWorthFlushing(double tokensPerMicro) {
    int first = live;
    for (int m = live; m > 0; m--) {
      double flush = m - tokensPerMicro * deepMicros[m];
      double goOn = m == live ? Double.NEGATIVE_INFINITY : valueOfGoingOn(m, tokensPerMicro);
      value[m] = Math.max(flush, goOn);
      if (flush >= goOn) {
        first = m;
      }
    }
    return first;
  }

  private double valueOfGoingOn(int m, double tokensPerMicro) {
    int ready = live - m;
    double worth = -tokensPerMicro * shallowMicros[ready];
    double stays = 0;
    for (int e = exits.least(ready); e <= exits.largest(ready); e++) {
      double chance = exits.chance(ready, e);
      worth += chance * e;
      if (e == ready) {
        stays = chance;
      } else {
        worth += chance * value[m + ready - e];
      }
    }
    return worth / (1 - stays);
  }
}
