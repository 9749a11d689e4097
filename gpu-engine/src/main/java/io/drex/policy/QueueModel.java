package io.drex.policy;

import java.util.Arrays;

/**
 * The queues before the segments, their rows counted and not told apart, run for many steps with
 * random numbers that are the same for every policy: the rate at which a flush policy makes tokens,
 * with any number of ramps and with prompts. Every slot is taken for ever: a sequence that ends is
 * followed by the next prompt.
 */
final class QueueModel {
  private static final int STEPS = 6_000;
  private static final int WARM_UP_STEPS = 600;

  /** Rows beyond which the number that leave is drawn from a normal distribution. */
  private static final int MOST_EXACT_ROWS = 64;

  private final CallCost costs;
  private final FlushLoad load;
  private final int live;
  private final int last;

  private final Draws draws = new Draws();
  private final int[] queued; // [segment], as is the next
  private final int[] ageSteps;
  private int unstartedPrompts;
  private int restOfPrompt; // tokens of the prompt that a chunk's end has cut
  private int chunkRows; // 0 when no chunk is on its way
  private int chunkEnds; // prompts that end within it
  private int chunkSegment;
  private double micros;
  private double tokens;

  /** Time of one call; see {@link CostTable#micros}. */
  interface CallCost {
    double micros(int segment, int decodeRows, double contextTokens, int promptRows, int headRows);
  }

  QueueModel(CallCost costs, FlushLoad load, int live) {
    this.costs = costs;
    this.load = load;
    this.live = live;
    last = load.exitRates().size();
    queued = new int[last + 1];
    ageSteps = new int[last + 1];
  }

  /** Tokens per microsecond under a policy. */
  double rate(FlushPolicy policy) {
    start();
    for (int step = 0; step < STEPS; step++) {
      if (step == WARM_UP_STEPS) {
        micros = 0;
        tokens = 0;
      }
      step(policy);
    }
    return tokens / micros;
  }

  private void start() {
    draws.restart();
    Arrays.fill(queued, 0);
    Arrays.fill(ageSteps, 0);
    queued[0] = live;
    unstartedPrompts = 0;
    restOfPrompt = 0;
    chunkRows = 0;
    micros = 0;
    tokens = 0;
  }

  private void step(FlushPolicy policy) {
    if (chunkRows == 0) {
      fillChunk();
    }
    int segment = chunkRows > 0 ? chunkSegment : policy.next(queued, ageSteps, live);
    int rows = queued[segment];
    int ends = segment == last ? chunkEnds : 0;
    queued[segment] = 0;
    micros += costs.micros(segment, rows, rows * load.contextTokens(), chunkRows, rows + ends);
    for (int s = 1; s <= last; s++) {
      ageSteps[s] = queued[s] == 0 ? 0 : ageSteps[s] + 1;
    }
    int leaving = segment == last ? rows : draws.count(rows, load.exitRates().get(segment));
    if (segment < last) {
      queued[segment + 1] += rows - leaving;
    }
    emit(leaving);
    advanceChunk(segment);
  }

  private void emit(int rows) {
    int ending = draws.count(rows, load.endRate());
    tokens += rows;
    queued[0] += rows - ending;
    unstartedPrompts += ending;
  }

  private void fillChunk() {
    int room = load.maxPrefillTokens();
    chunkSegment = 0;
    chunkEnds = 0;
    while (room > 0 && (restOfPrompt > 0 || unstartedPrompts > 0)) {
      if (restOfPrompt == 0) {
        unstartedPrompts--;
        restOfPrompt = load.promptTokens();
      }
      int taken = Math.min(room, restOfPrompt);
      room -= taken;
      restOfPrompt -= taken;
      chunkRows += taken;
      chunkEnds += restOfPrompt == 0 ? 1 : 0;
    }
  }

  private void advanceChunk(int segment) {
    if (chunkRows > 0 && segment == last) {
      tokens += chunkEnds;
      queued[0] += chunkEnds;
      chunkRows = 0;
      chunkEnds = 0;
    } else if (chunkRows > 0) {
      chunkSegment++;
    }
  }

  /** A counter-based generator, so that every policy meets the same numbers. */
  private static final class Draws {
    private long state;

    void restart() {
      state = 0x5DEECE66DL;
    }

    /** How many of so many rows an event befalls that befalls each with this chance. */
    int count(int rows, double chance) {
      if (rows == 0 || chance <= 0) {
        return 0;
      }
      if (rows > MOST_EXACT_ROWS && rows * chance * (1 - chance) > 9) {
        double spread = Math.sqrt(rows * chance * (1 - chance));
        long count = Math.round(rows * chance + spread * normal());
        return (int) Math.max(0, Math.min(rows, count));
      }
      int count = 0;
      for (int row = 0; row < rows; row++) {
        count += uniform() < chance ? 1 : 0;
      }
      return count;
    }

    /** The sum of twelve uniform numbers, less six: near enough to a normal one. */
    private double normal() {
      double sum = -6;
      for (int i = 0; i < 12; i++) {
        sum += uniform();
      }
      return sum;
    }

    /** SplitMix64, [0, 1). */
    private double uniform() {
      state += 0x9e3779b97f4a7c15L;
      long z = state;
      z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
    }
  }
}
