package io.drex.schedule;

import java.util.Arrays;

/**
 * How much KV a sequence is expected to need, learnt from those that finished: the share of their
 * limit that they generate, and the share of their generated positions that take a cell in each
 * segment. Owned by the scheduler's thread.
 */
final class Expectation {
  /** The last so many sequences decide, the latest most; what was assumed at first is one more. */
  private static final int MEMORY = 32;

  private final int firstTokens; // expected while nothing is learnt; 0 is the limit
  private final double[] reach; // [segment]
  private double lengthShare = 1;
  private int learnt; // up to MEMORY

  /**
   * @param firstTokens expected of a sequence before any has finished; 0 is its limit
   */
  Expectation(int segments, int firstTokens) {
    this.firstTokens = firstTokens;
    reach = new double[segments];
    Arrays.fill(reach, 1);
  }

  /** Takes note of a sequence that came to its own end and still holds its cells. */
  void learn(Sequence finished) {
    if (learnt == 0 && firstTokens > 0) {
      lengthShare = Math.min(1, firstTokens / (double) finished.limit());
    }
    learnt = Math.min(MEMORY, learnt + 1);
    double weight = 1.0 / (learnt + 1);
    lengthShare += weight * (finished.tokenCount() / (double) finished.limit() - lengthShare);
    int prompt = finished.prompt.length;
    int generated = finished.cells[0] - prompt;
    if (generated > 0) {
      for (int s = 1; s < reach.length; s++) {
        reach[s] += weight * ((finished.cells[s] - prompt) / (double) generated - reach[s]);
      }
    }
  }

  /**
   * Tokens that a sequence is expected to generate in all: at least one more than it has, since it
   * is there for its next one.
   *
   * @param limit most tokens that it may generate
   */
  int tokens(Sequence sequence, int limit) {
    double usual = learnt == 0 && firstTokens > 0 ? firstTokens : lengthShare * limit;
    return Math.min(limit, (int) Math.ceil(Math.max(usual, sequence.tokenCount() + 1)));
  }

  /**
   * Cells of a segment that a sequence is expected to hold at its end.
   *
   * @param limit most tokens that it may generate
   */
  int cells(Sequence sequence, int limit, int segment) {
    int generated = Math.max(0, tokens(sequence, limit) - 1);
    return sequence.prompt.length + (int) Math.ceil(reach[segment] * generated);
  }
}
