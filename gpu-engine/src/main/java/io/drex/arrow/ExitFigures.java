package io.drex.arrow;

import io.drex.engine.Completion;
import io.drex.engine.ExitStats;

/**
 * Where a completion's tokens were emitted, in figures. NaN where there are no tokens.
 *
 * @param depthSum decoder layers run, summed over the tokens
 * @param meanDepth decoder layers per token
 * @param depthFraction {@code meanDepth} over the model's layers
 * @param earlyFraction share of tokens emitted at a ramp
 * @param minConfidence least confidence of the heads that emitted the tokens
 */
public record ExitFigures(
    long depthSum,
    double meanDepth,
    double depthFraction,
    double earlyFraction,
    float minConfidence) {

  /** The figures of a completion of a model with so many layers. */
  public static ExitFigures of(Completion completion, int layers) {
    int tokens = completion.tokens().length;
    long depthSum = 0;
    for (short depth : completion.depths()) {
      depthSum += depth;
    }
    float least = tokens == 0 ? Float.NaN : Float.POSITIVE_INFINITY;
    for (float confidence : completion.confidences()) {
      least = Math.min(least, confidence);
    }
    double mean = (double) depthSum / tokens;
    return new ExitFigures(
        depthSum, mean, mean / layers, (double) early(completion.exits()) / tokens, least);
  }

  private static long early(ExitStats exits) {
    long early = 0;
    for (int ramp = 0; ramp < exits.exitsByRamp().length - 1; ramp++) {
      early += exits.exitsByRamp()[ramp];
    }
    return early;
  }
}
