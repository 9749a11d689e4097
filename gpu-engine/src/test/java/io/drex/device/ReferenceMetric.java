package io.drex.device;

import io.drex.model.ConfidenceMetric;
import java.util.Arrays;

/** Confidence metrics in double precision, written as plainly as their definitions. */
final class ReferenceMetric {
  private ReferenceMetric() {}

  /**
   * The confidence of a head.
   *
   * @param logits of all tokens
   * @param before hidden state before the segment that ends at the head
   * @param after hidden state after it
   */
  static double confidence(
      ConfidenceMetric metric, double[] logits, double[] before, double[] after) {
    double[] probability = logits.clone();
    ReferenceDecoder.softmax(probability);
    return switch (metric) {
      case MARGIN -> largest(probability, 0) - largest(probability, 1);
      case MAX_PROB -> largest(probability, 0);
      case ENTROPY -> 1 - entropy(probability) / Math.log(probability.length);
      case LOGIT_MARGIN -> largest(logits, 0) - largest(logits, 1);
      case HIDDEN_COSINE ->
          product(before, after) / Math.sqrt(product(before, before) * product(after, after));
    };
  }

  private static double largest(double[] values, int rank) {
    double[] sorted = Arrays.stream(values).sorted().toArray();
    return sorted[sorted.length - 1 - rank];
  }

  private static double entropy(double[] probability) {
    return -Arrays.stream(probability).filter(p -> p > 0).map(p -> p * Math.log(p)).sum();
  }

  private static double product(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
