package io.drex.engine;

import io.drex.device.Sampling;
import io.drex.schedule.SequenceOptions;
import io.drex.schedule.StopCheck;
import io.drex.tokenizer.StopStrings;
import org.jspecify.annotations.Nullable;

/**
 * How one request's tokens are chosen, and what ends them beside the model's stop tokens and the
 * longest sequence. Immutable.
 *
 * @param maxNewTokens most tokens to generate, a stop token included; at least 1
 * @param sampling how each token is chosen
 * @param seed of the request's random numbers; a token depends on it and its position only
 * @param exitThreshold replaces the thresholds of all ramps that are read; {@link
 *     io.drex.model.RampSpec#OFF} reads them and never exits, {@link #RAMPS_OWN} leaves them
 * @param stop strings that end the completion; null if there are none
 */
public record SamplingParams(
    int maxNewTokens,
    Sampling sampling,
    long seed,
    float exitThreshold,
    @Nullable StopStrings stop) {
  /** Ramps keep their own thresholds. */
  public static final float RAMPS_OWN = SequenceOptions.RAMPS_OWN;

  public SamplingParams {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be at least 1, not " + maxNewTokens);
    }
  }

  /** Greedily, with the ramps' own thresholds. */
  public SamplingParams(int maxNewTokens) {
    this(maxNewTokens, Sampling.GREEDY, 0, RAMPS_OWN, null);
  }

  /** These with random choices. */
  public SamplingParams withSampling(Sampling value, long seedOfRequest) {
    return new SamplingParams(maxNewTokens, value, seedOfRequest, exitThreshold, stop);
  }

  /** These with one threshold for all ramps. */
  public SamplingParams withExitThreshold(float value) {
    return new SamplingParams(maxNewTokens, sampling, seed, value, stop);
  }

  /** These, ended by strings too. */
  public SamplingParams withStop(StopStrings value) {
    return new SamplingParams(maxNewTokens, sampling, seed, exitThreshold, value);
  }

  SequenceOptions sequenceOptions() {
    StopCheck stopCheck = stop == null ? StopCheck.NEVER : stop.watch()::endsAfter;
    return new SequenceOptions(maxNewTokens, sampling, seed, exitThreshold, stopCheck);
  }
}
