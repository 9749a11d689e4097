package io.drex.policy;

import java.util.List;

/**
 * What the planner must know of the rows.
 *
 * @param exitRates share of the rows meeting each ramp that leave there. [ramp]
 * @param contextTokens positions that a decode row attends to, on average
 * @param promptTokens mean tokens that run of the prompts that wait for a slot; 0 where none waits
 * @param outputTokens mean number of tokens that a sequence generates, its first included
 * @param maxPrefillTokens most prompt rows of one call
 */
public record FlushLoad(
    List<Double> exitRates,
    double contextTokens,
    int promptTokens,
    double outputTokens,
    int maxPrefillTokens) {

  public FlushLoad {
    exitRates = List.copyOf(exitRates);
  }

  /** Rows that decode for ever. */
  public static FlushLoad decodeOnly(List<Double> exitRates, double contextTokens) {
    return new FlushLoad(exitRates, contextTokens, 0, Double.POSITIVE_INFINITY, 1);
  }

  /** Whether prompts share the device with decoding. */
  public boolean hasPrompts() {
    return promptTokens > 0;
  }

  /** The chance that a decoded token is its sequence's last. */
  double endRate() {
    return hasPrompts() ? Math.min(1, 1 / Math.max(1, outputTokens - 1)) : 0;
  }

  /** The same without its prompts, as when the last of them has a slot. */
  FlushLoad withoutPrompts() {
    return decodeOnly(exitRates, contextTokens);
  }

  /** The same without its ramps. */
  FlushLoad withoutRamps() {
    return new FlushLoad(List.of(), contextTokens, promptTokens, outputTokens, maxPrefillTokens);
  }
}
