package io.drex.device;

import java.util.Arrays;

/**
 * How each head of a call chooses its token, as flat arrays; see {@link Sampling}. Greedy where
 * nothing was set. Mutable and reused between calls; owned by the engine thread.
 */
public final class HeadSampling {
  private static final int[] NO_TOKENS = {};

  /** [head], as are all others. */
  public final float[] temperature;

  public final int[] topK;
  public final float[] topP;
  public final float[] minP;
  public final float[] repetitionPenalty;

  /** Seed of the sequence's random numbers; see {@link #randomBits}. */
  public final long[] seed;

  /**
   * The sequence's tokens up to the head row's position at least; read where there is a penalty.
   * [head][position]
   */
  public final int[][] history;

  /**
   * @param maxHeads most head rows of one call
   */
  HeadSampling(int maxHeads) {
    temperature = new float[maxHeads];
    topK = new int[maxHeads];
    topP = new float[maxHeads];
    minP = new float[maxHeads];
    repetitionPenalty = new float[maxHeads];
    seed = new long[maxHeads];
    history = new int[maxHeads][];
    Arrays.fill(topP, 1);
    Arrays.fill(repetitionPenalty, 1);
    Arrays.fill(history, NO_TOKENS);
  }

  /**
   * Sets how a head chooses.
   *
   * @param tokens of the sequence, by position; not copied, and read during the call only if {@code
   *     sampling} penalises
   */
  public void set(int head, Sampling sampling, long seedOfSequence, int[] tokens) {
    temperature[head] = sampling.temperature();
    topK[head] = sampling.topK();
    topP[head] = sampling.topP();
    minP[head] = sampling.minP();
    repetitionPenalty[head] = sampling.repetitionPenalty();
    seed[head] = seedOfSequence;
    history[head] = tokens;
  }

  /** Whether a head takes the token of the largest logit. */
  public boolean isGreedy(int head) {
    return temperature[head] == 0 && repetitionPenalty[head] == 1;
  }

  /**
   * The random number of a position: that output of {@link SplitMix64} started at {@code seed}. It
   * is counted, not carried along, so a token's choice depends on nothing else.
   */
  public static long randomBits(long seed, int position) {
    return SplitMix64.output(seed, position);
  }
}
