package io.drex.policy;

import java.util.List;

/**
 * Finds the flush thresholds of the most tokens per second. Decode only with one ramp, exactly;
 * else by coordinate search over a {@link QueueModel}, from the optimum of each ramp by itself.
 * Takes milliseconds: not to be called between two steps of a device that is waited for.
 *
 * <p>Source: ours.
 */
public final class FlushPlanner {
  /** Numbers of live sequences planned for, each this much of the one above. */
  private static final double LIVE_RATIO = .6;

  private static final int SEARCH_ROUNDS = 2;

  /** For fewer live sequences the search starts near the thresholds of more. */
  private static final int ROUNDS_BELOW = 1;

  /** Exit rates are kept this far from 0 and 1, where a cycle may never end. */
  private static final double LEAST_RATE = .001;

  private final CostTable costs;
  private final int slots;
  private final int maxBufferAgeSteps;

  public FlushPlanner(CostTable costs, int slots, int maxBufferAgeSteps) {
    this.costs = costs;
    this.slots = slots;
    this.maxBufferAgeSteps = maxBufferAgeSteps;
  }

  /**
   * Plans for a load that fills all slots.
   *
   * @throws IllegalArgumentException if the load's ramps are not those of the cost table
   */
  public FlushPlan plan(FlushLoad asked) {
    return plan(asked, slots);
  }

  /**
   * Plans for a load. Prompts wait only while as many sequences are alive as can be, so that
   * thresholds for fewer are those of decoding alone; those for more are scaled.
   *
   * @param most sequences alive while prompts wait, in [1, slots]: fewer than all slots where the
   *     KV pools hold no more
   * @throws IllegalArgumentException if the load's ramps are not those of the cost table
   */
  public FlushPlan plan(FlushLoad asked, int most) {
    FlushLoad load = withinBounds(asked);
    int[] live = liveGrid(most);
    int[][] thresholds = new int[live.length][];
    int top = live.length - 1;
    thresholds[top] = search(load, most, startAlone(load, most), most / 4, SEARCH_ROUNDS);
    FlushLoad draining = load.withoutPrompts();
    for (int k = top - 1; k >= 0; k--) {
      int[] start =
          isExact(draining) || k == top - 1
              ? startAlone(draining, live[k])
              : scaled(thresholds[k + 1], live[k + 1], live[k]);
      thresholds[k] = search(draining, live[k], start, live[k] / 8, ROUNDS_BELOW);
    }
    FlushTable table = FlushTable.scaled(slots, live, thresholds);
    double rate = forecast(load, most, thresholds[top]);
    return new FlushPlan(table, rate, fullDepthRate(load, most));
  }

  /**
   * Tokens per microsecond of fixed thresholds, however good they are.
   *
   * @param live sequences that hold a slot, in [1, slots]
   * @param thresholds each at least 1. [ramp]
   */
  public double forecast(FlushLoad load, int live, int... thresholds) {
    return isExact(load)
        ? new OneRampCycle(costs, load, 0, live).rate(Math.min(thresholds[0], live))
        : new QueueModel(costs::micros, load, live).rate(fixed(thresholds));
  }

  /** Tokens per microsecond of {@code full_depth}. */
  private double fullDepthRate(FlushLoad load, int live) {
    if (!load.hasPrompts()) {
      return live / costs.fullDepthMicros(live, live * load.contextTokens(), 0, live);
    }
    QueueModel.CallCost whole =
        (segment, rows, context, prompt, heads) ->
            costs.fullDepthMicros(rows, context, prompt, heads);
    return new QueueModel(whole, load.withoutRamps(), live).rate(fixed(new int[0]));
  }

  private int[] search(FlushLoad load, int live, int[] start, int firstStride, int rounds) {
    if (isExact(load)) {
      return start;
    }
    QueueModel model = new QueueModel(costs::micros, load, live);
    return new ThresholdSearch(t -> model.rate(fixed(t)), live, start).climb(firstStride, rounds);
  }

  /** The best threshold of each ramp were it the only one that buffers, decode only. [ramp] */
  private int[] startAlone(FlushLoad load, int live) {
    int[] start = new int[load.exitRates().size()];
    for (int ramp = 0; ramp < start.length; ramp++) {
      start[ramp] = new OneRampCycle(costs, load, ramp, live).best();
    }
    return start;
  }

  private static int[] scaled(int[] thresholds, int from, int to) {
    int[] scaled = new int[thresholds.length];
    for (int ramp = 0; ramp < scaled.length; ramp++) {
      scaled[ramp] = Math.max(1, Math.min(to, Math.round((float) thresholds[ramp] * to / from)));
    }
    return scaled;
  }

  private FlushPolicy fixed(int[] thresholds) {
    return new FlushPolicy.Planned(FlushTable.constant(slots, thresholds), maxBufferAgeSteps);
  }

  private boolean isExact(FlushLoad load) {
    return load.exitRates().size() == 1 && !load.hasPrompts();
  }

  private static int[] liveGrid(int most) {
    int[] falling = new int[64];
    int count = 0;
    for (double live = most; live >= 1; live *= LIVE_RATIO) {
      int rounded = (int) Math.round(live);
      if (count == 0 || rounded < falling[count - 1]) {
        falling[count++] = rounded;
      }
    }
    int[] rising = new int[count];
    for (int k = 0; k < count; k++) {
      rising[k] = falling[count - 1 - k];
    }
    return rising;
  }

  private FlushLoad withinBounds(FlushLoad load) {
    if (load.exitRates().size() + 1 != costs.segments().size()) {
      throw new IllegalArgumentException(
          load.exitRates().size()
              + " exit rates do not fit the "
              + costs.segments().size()
              + " segments of cost table "
              + costs.name());
    }
    List<Double> rates =
        load.exitRates().stream()
            .map(rate -> Math.max(LEAST_RATE, Math.min(1 - LEAST_RATE, rate)))
            .toList();
    return new FlushLoad(
        rates,
        load.contextTokens(),
        load.promptTokens(),
        load.outputTokens(),
        load.maxPrefillTokens());
  }
}
