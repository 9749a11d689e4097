package io.drex.model;

/**
 * An exit point of a model.
 *
 * @param depth decoder layers a row has run when it meets the ramp, in (0, layers)
 * @param head what turns the hidden states at this depth into logits
 * @param metric what the ramp's head reports
 * @param threshold legal for the metric, or {@link #OFF}
 */
public record RampSpec(int depth, RampHead head, ConfidenceMetric metric, float threshold) {
  /** The threshold that no confidence passes; written {@code "off"} in {@code ramps.json}. */
  public static final float OFF = Float.POSITIVE_INFINITY;

  /** A ramp with the model's own final norm and LM head. */
  public RampSpec(int depth, ConfidenceMetric metric, float threshold) {
    this(depth, RampHead.SHARED, metric, threshold);
  }

  /** The same ramp with another threshold. */
  public RampSpec withThreshold(float other) {
    return new RampSpec(depth, head, metric, other);
  }

  /** Whether rows may leave here at all. */
  public boolean isOff() {
    return threshold == OFF;
  }

  /** Whether a row with this confidence leaves here of its own accord. */
  public boolean passes(float confidence) {
    return metric.passes(confidence, threshold);
  }
}
