package io.drex.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * An independent oracle: every row told apart, every draw made by itself, decode only, straight
 * from the definition of rebatching with fixed thresholds.
 */
final class RowSimulation {
  private final CostTable costs;
  private final double[] exitRates; // [ramp]
  private final int context;
  private final int[] thresholds; // [ramp]

  RowSimulation(CostTable costs, double[] exitRates, int context, int[] thresholds) {
    this.costs = costs;
    this.exitRates = exitRates;
    this.context = context;
    this.thresholds = thresholds;
  }

  /** Tokens per microsecond over a run of so many calls. */
  double rate(int live, int calls, long seed) {
    Random random = new Random(seed);
    Deque<Integer>[] queues = queues();
    for (int row = 0; row < live; row++) {
      queues[0].add(row);
    }
    double micros = 0;
    long tokens = 0;
    for (int call = 0; call < calls; call++) {
      int segment = next(queues, live);
      int rows = queues[segment].size();
      micros += costs.micros(segment, rows, (double) rows * context, 0, rows);
      for (int i = 0; i < rows; i++) {
        int row = queues[segment].remove();
        boolean emits = segment == exitRates.length || random.nextDouble() < exitRates[segment];
        queues[emits ? 0 : segment + 1].add(row);
        tokens += emits ? 1 : 0;
      }
    }
    return tokens / micros;
  }

  private int next(Deque<Integer>[] queues, int live) {
    for (int segment = exitRates.length; segment > 0; segment--) {
      if (queues[segment].size() >= Math.min(live, thresholds[segment - 1])) {
        return segment;
      }
    }
    if (!queues[0].isEmpty()) {
      return 0;
    }
    int fullest = exitRates.length;
    for (int segment = exitRates.length; segment > 0; segment--) {
      fullest = queues[segment].size() > queues[fullest].size() ? segment : fullest;
    }
    return fullest;
  }

  @SuppressWarnings("unchecked") // an array of a generic type
  private Deque<Integer>[] queues() {
    Deque<Integer>[] queues = new Deque[exitRates.length + 1];
    for (int segment = 0; segment < queues.length; segment++) {
      queues[segment] = new ArrayDeque<>();
    }
    return queues;
  }
}
