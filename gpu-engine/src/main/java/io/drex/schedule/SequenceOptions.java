package io.drex.schedule;

import io.drex.device.Sampling;

/**
 * What a sequence asks for beside its prompt.
 *
 * @param maxNewTokens most tokens to generate, at least 1
 * @param sampling how its tokens are chosen
 * @param seed of its random numbers
 * @param exitThreshold replaces the threshold of every ramp that is read; {@link #RAMPS_OWN} leaves
 *     them
 * @param stopCheck what ends it beside the model's stop tokens
 */
public record SequenceOptions(
    int maxNewTokens, Sampling sampling, long seed, float exitThreshold, StopCheck stopCheck) {
  /** Ramps keep their own thresholds. */
  public static final float RAMPS_OWN = Float.NaN;

  public SequenceOptions {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be at least 1, not " + maxNewTokens);
    }
  }

  /** Greedy, with the ramps' own thresholds, until a stop token of the model. */
  public static SequenceOptions greedy(int maxNewTokens) {
    return new SequenceOptions(maxNewTokens, Sampling.GREEDY, 0, RAMPS_OWN, StopCheck.NEVER);
  }

  /** Whether ramps keep their own thresholds. */
  public boolean takesTheRampsThresholds() {
    return Float.isNaN(exitThreshold);
  }
}
