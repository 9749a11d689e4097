package io.drex.model;

import java.util.Locale;

/**
 * How sure a head is of its candidate token, and which values pass a threshold. A metric reads the
 * head's logits as they are, whatever the sampling.
 *
 * <p>Source: DREX (margin), EE-LLM (max_prob), Apparate (entropy), BranchyNet (logit_margin), CALM
 * (hidden_cosine).
 */
public enum ConfidenceMetric {
  /** Softmax p1 − p2; passes iff greater than the threshold. */
  MARGIN(0, 1),
  /** Largest softmax probability; passes iff at least the threshold. */
  MAX_PROB(0, 1),
  /**
   * 1 − H / ln V, where H is the entropy of the softmax over V tokens: 0 where all tokens are
   * equally likely, 1 where one is certain; passes iff at least the threshold.
   */
  ENTROPY(0, 1),
  /** Largest logit − second largest, so not bounded; passes iff greater than the threshold. */
  LOGIT_MARGIN(0, Float.MAX_VALUE),
  /**
   * Saturation: cosine of the hidden states before and after the segment that ends at the head,
   * which are those at consecutive ramps; before the first segment it is the token's embedding.
   * Passes iff at least the threshold.
   */
  HIDDEN_COSINE(-1, 1);

  private final float least;
  private final float most;

  ConfidenceMetric(float least, float most) {
    this.least = least;
    this.most = most;
  }

  /** Whether a row with this confidence may leave at a ramp with this threshold. */
  public boolean passes(float confidence, float threshold) {
    return isAtLeast() ? confidence >= threshold : confidence > threshold;
  }

  /** The highest legal threshold that a confidence passes, if it passes any. */
  public float highestPassed(float confidence) {
    return isAtLeast() ? confidence : Math.max(least, Math.nextDown(confidence));
  }

  /** The least that it can be. */
  public float least() {
    return least;
  }

  /** The most that it can be. */
  public float most() {
    return most;
  }

  /** Whether this is a threshold that a ramp with this metric may have, off aside. */
  public boolean isLegal(double threshold) {
    return threshold >= least && threshold <= most;
  }

  /** The legal thresholds, for messages. */
  public String range() {
    return most == Float.MAX_VALUE
        ? "a number of at least " + (int) least
        : "a number in [" + (int) least + ", " + (int) most + "]";
  }

  /**
   * The threshold at this distance from certainty, which is 1; for a difference of logits, at these
   * odds of the second token against the first.
   *
   * @param doubt in (0, 1)
   */
  public float within(float doubt) {
    return this == LOGIT_MARGIN ? (float) -StrictMath.log(doubt) : 1 - doubt;
  }

  /** The name used in {@code ramps.json}: lower case with underscores. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  private boolean isAtLeast() {
    return switch (this) {
      case MARGIN, LOGIT_MARGIN -> false;
      case MAX_PROB, ENTROPY, HIDDEN_COSINE -> true;
    };
  }
}
