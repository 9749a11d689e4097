package io.drex.schedule;

import java.util.Arrays;

/** What a sequence has generated. Mutable; owned by the scheduler's thread. */
final class Generated {
  private int[] tokens = {}; // [token], as are the next three
  private short[] depths = {};
  private float[] confidences = {};
  private float[] logProbs = {};
  private int count;

  /** Makes room for so many tokens. */
  void reserve(int limit) {
    tokens = new int[limit];
    depths = new short[limit];
    confidences = new float[limit];
    logProbs = new float[limit];
  }

  void append(int token, float confidence, float logProb, int depth) {
    tokens[count] = token;
    confidences[count] = confidence;
    logProbs[count] = logProb;
    depths[count] = (short) depth;
    count++;
  }

  int count() {
    return count;
  }

  /** Most tokens that there is room for. */
  int limit() {
    return tokens.length;
  }

  int token(int index) {
    return tokens[index];
  }

  int depth(int index) {
    return depths[index];
  }

  /** Whether a check ends the sequence with its newest token. */
  boolean stops(StopCheck check) {
    return check.stopsAfter(tokens, count);
  }

  int[] tokens() {
    return Arrays.copyOf(tokens, count);
  }

  short[] depths() {
    return Arrays.copyOf(depths, count);
  }

  float[] confidences() {
    return Arrays.copyOf(confidences, count);
  }

  float[] logProbs() {
    return Arrays.copyOf(logProbs, count);
  }
}
