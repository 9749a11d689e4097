package io.drex.spark;

import java.io.Serializable;
import org.apache.spark.SparkContext;
import org.apache.spark.util.LongAccumulator;

/**
 * Counters for progress lines and the stage page. A task that is retried counts its rows again, so
 * no summary may be computed from them.
 *
 * @param rows rows finished, error rows included
 * @param errors error rows
 * @param promptTokens tokens of completed rows' prompts
 * @param tokens tokens generated
 * @param depthSum decoder layers run, summed over generated tokens
 */
public record ProgressCounters(
    LongAccumulator rows,
    LongAccumulator errors,
    LongAccumulator promptTokens,
    LongAccumulator tokens,
    LongAccumulator depthSum)
    implements Serializable {

  /** Registers the counters with a context. */
  public static ProgressCounters register(SparkContext context) {
    return new ProgressCounters(
        context.longAccumulator("drex.rows"),
        context.longAccumulator("drex.errors"),
        context.longAccumulator("drex.promptTokens"),
        context.longAccumulator("drex.tokens"),
        context.longAccumulator("drex.depthSum"));
  }
}
