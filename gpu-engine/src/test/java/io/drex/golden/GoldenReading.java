package io.drex.golden;

import io.drex.model.ConfidenceMetric;
import java.util.stream.IntStream;

/**
 * What the head says of one row.
 *
 * @param tokens the likeliest, best first
 * @param logits theirs
 * @param confidence by the metric that was asked for
 */
public record GoldenReading(int[] tokens, double[] logits, double confidence) {
  private static final int BEST = 5;
  private static final double ROUNDING = 1e6;

  /**
   * Reads the logits of a whole vocabulary.
   *
   * @param all [token]
   */
  static GoldenReading of(double[] all, ConfidenceMetric metric) {
    int[] tokens =
        IntStream.range(0, all.length)
            .boxed()
            .sorted((a, b) -> Double.compare(all[b], all[a]))
            .limit(BEST)
            .mapToInt(Integer::intValue)
            .toArray();
    double best = all[tokens[0]];
    double sum = 0;
    for (double logit : all) {
      sum += Math.exp(logit - best);
    }
    double lead =
        switch (metric) {
          case MAX_PROB -> 1;
          case MARGIN -> 1 - Math.exp(all[tokens[1]] - best);
          case ENTROPY, LOGIT_MARGIN, HIDDEN_COSINE ->
              throw new IllegalArgumentException("no golden holds " + metric.text());
        };
    double[] logits = IntStream.of(tokens).mapToDouble(token -> rounded(all[token])).toArray();
    return new GoldenReading(tokens, logits, rounded(lead / sum));
  }

  /** To what the file holds: far finer than any tolerance. */
  private static double rounded(double value) {
    return Math.rint(value * ROUNDING) / ROUNDING;
  }

  /** Whether single precision may see another token first. */
  boolean isNearlyATie() {
    return logits[0] - logits[1] < 2 * ModelGolden.LOGIT_TOLERANCE;
  }

  /** Whether single precision may see the confidence on the other side of a threshold. */
  boolean isNearly(double threshold) {
    return Math.abs(confidence - threshold) < ModelGolden.CONFIDENCE_TOLERANCE;
  }
}
