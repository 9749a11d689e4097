package io.drex.device.cpu.kernel;

import java.util.Arrays;

/**
 * Where the list of tokens, likeliest first, is cut so that it just holds so many tokens, or so
 * much weight. Equal logits stand in the order of their ids. The cut is found by radix selection: a
 * few passes over the vocabulary however long the list gets, and no sorting. Weights are counted in
 * whole units of 2⁻⁴⁰ of the likeliest token's, so that no sum depends on its order. Reused; owned
 * by one thread.
 */
final class TokenCut {
  /** Units of the largest weight. */
  private static final float UNITS = 0x1p40f;

  private static final int DIGIT = 0x7FF;
  private static final int[] SHIFTS = {21, 10, 0};
  private static final int[] DIGITS = {DIGIT, DIGIT, 0x3FF};

  private final float[] weights; // [token]
  private final long[] amounts = new long[DIGIT + 1]; // [digit], of the tokens that may be the last
  private boolean byWeight;
  private int lastKey; // of the last token of the list
  private long amountOfLastKey; // what tokens with that key add before the list is cut
  private long amountLeft; // of it, in the walk under way

  /**
   * @param weights in [0, 1], equal for equal logits; read whenever a cut is found or walked.
   *     [token]
   */
  TokenCut(float[] weights) {
    this.weights = weights;
  }

  /** The weight of a token in whole units. */
  long units(int token) {
    return (long) (weights[token] * UNITS);
  }

  /** Cuts nothing off. */
  void keepAll() {
    lastKey = 0; // below every finite logit's
    amountOfLastKey = 0;
  }

  /** Keeps the likeliest tokens, at most as many as there are. */
  void keepTokens(float[] logits, int at, int tokens) {
    byWeight = false;
    find(logits, at, tokens);
  }

  /** Keeps the likeliest tokens, as few as hold so many units; all together hold as many. */
  void keepUnits(float[] logits, int at, long units) {
    byWeight = true;
    find(logits, at, units);
  }

  /** Starts a walk through all tokens in the order of their ids. */
  void walk() {
    amountLeft = amountOfLastKey;
  }

  /** Whether the next token of the walk is in the list. */
  boolean keeps(int token, float logit) {
    int key = key(logit);
    if (key != lastKey) {
      return Integer.compareUnsigned(key, lastKey) > 0;
    }
    boolean kept = amountLeft > 0;
    amountLeft -= amount(token);
    return kept;
  }

  private void find(float[] logits, int at, long target) {
    long wanted = target;
    int known = 0;
    lastKey = 0;
    for (int level = 0; level < SHIFTS.length; level++) {
      int shift = SHIFTS[level];
      Arrays.fill(amounts, 0);
      for (int token = 0; token < weights.length; token++) {
        int key = key(logits[at + token]);
        if ((key & known) == lastKey) {
          amounts[key >>> shift & DIGITS[level]] += amount(token);
        }
      }
      int digit = DIGITS[level];
      while (amounts[digit] < wanted) {
        wanted -= amounts[digit];
        digit--;
      }
      lastKey |= digit << shift;
      known |= DIGITS[level] << shift;
    }
    amountOfLastKey = wanted;
  }

  private long amount(int token) {
    return byWeight ? units(token) : 1;
  }

  /** An unsigned integer that is greater for a greater logit; both zeros have the same. */
  private static int key(float logit) {
    int bits = Float.floatToRawIntBits(logit + 0f);
    return bits ^ (bits >> 31 | 0x80000000);
  }
}
