package io.drex.job.quickstart;

import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.function.Predicate;

/**
 * What one run came to.
 *
 * @param failedRows rows without a completion; they score 0
 * @param qualityByHardSlot quality by what the summary needs beyond copying; "" is nothing
 * @param tokensByDepth generated tokens by the number of layers that they ran
 * @param decodeTokensPerSecond as the run's manifest has it; empty if it has none
 * @param examples the first summaries by id
 */
record RunFigures(
    long failedRows,
    SortedMap<String, Quality> qualityByHardSlot,
    SortedMap<Integer, Long> tokensByDepth,
    OptionalDouble decodeTokensPerSecond,
    List<Summary> examples) {

  /** Of all rows. */
  Quality quality() {
    return quality(slot -> true);
  }

  /** Of the rows whose summary needs more than copying. */
  Quality hardQuality() {
    return quality(slot -> !slot.isEmpty());
  }

  private Quality quality(Predicate<String> slots) {
    return qualityByHardSlot.entrySet().stream()
        .filter(entry -> slots.test(entry.getKey()))
        .map(entry -> entry.getValue())
        .reduce(Quality.NONE, Quality::plus);
  }

  long tokens() {
    return tokensByDepth.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Mean layers run per generated token; 0 if there is none. */
  double meanDepth() {
    double layers = 0;
    for (var entry : tokensByDepth.entrySet()) {
      layers += (double) entry.getKey() * entry.getValue();
    }
    return layers / Math.max(1, tokens());
  }
}
