package io.drex.engine;

/**
 * How one request's tokens are chosen: greedily, until a stop token of the model or the limit.
 *
 * @param maxNewTokens most tokens to generate, a stop token included; at least 1
 */
public record SamplingParams(int maxNewTokens) {
  public SamplingParams {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be at least 1, not " + maxNewTokens);
    }
  }
}
