package io.drex.model;

import java.util.Locale;

/**
 * How sure a head is of its candidate token, and which values pass a threshold.
 *
 * <p>Source: DREX (margin), EE-LLM (max_prob).
 */
public enum ConfidenceMetric {
  /** Softmax p1 − p2; passes iff greater than the threshold. */
  MARGIN {
    @Override
    public boolean passes(float confidence, float threshold) {
      return confidence > threshold;
    }
  },
  /** Largest softmax probability; passes iff at least the threshold. */
  MAX_PROB {
    @Override
    public boolean passes(float confidence, float threshold) {
      return confidence >= threshold;
    }
  };

  /** Whether a row with this confidence may leave at a ramp with this threshold. */
  public abstract boolean passes(float confidence, float threshold);

  /** The name used in {@code ramps.json}: lower case with underscores. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
