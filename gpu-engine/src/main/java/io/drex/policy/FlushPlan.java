package io.drex.policy;

/**
 * What the planner found.
 *
 * @param table thresholds
 * @param tokensPerMicro forecast with these thresholds and as many sequences alive as can be
 * @param fullDepthTokensPerMicro forecast without ramps
 */
public record FlushPlan(FlushTable table, double tokensPerMicro, double fullDepthTokensPerMicro) {

  /** Forecast speed over that of {@code full_depth}; below 1, exits lose. */
  public double exitGain() {
    return tokensPerMicro / fullDepthTokensPerMicro;
  }
}
