package io.drex.job.quickstart;

import java.util.List;
import java.util.OptionalDouble;
import java.util.SortedMap;

/**
 * What one run came to.
 *
 * @param rows rows of the table
 * @param failedRows rows among them without a completion; they score 0
 * @param rougeL mean F1 of ROUGE-L against the references, in [0, 1]
 * @param exactMatch share of completions that equal their reference, in [0, 1]
 * @param tokensByDepth generated tokens by the number of layers that they ran
 * @param decodeTokensPerSecond as the run's manifest has it; empty if it has none
 * @param examples the first summaries by id
 */
record RunFigures(
    long rows,
    long failedRows,
    double rougeL,
    double exactMatch,
    SortedMap<Integer, Long> tokensByDepth,
    OptionalDouble decodeTokensPerSecond,
    List<Summary> examples) {

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
