package io.drex.device.cpu.kernel;

import io.drex.device.HeadReadings;
import io.drex.model.ConfidenceMetric;

/** What a head needs to know of a row of logits. Reused; owned by one thread. */
public final class LogitStats {
  private float max;
  private float second;
  private float sum;
  private int token;

  /**
   * @param max largest logit
   * @param second largest of the others; equal to {@code max} on a tie
   * @param sum Σ exp(logit − max)
   * @param token lowest id whose logit is {@code max}
   */
  void set(float max, float second, float sum, int token) {
    this.max = max;
    this.second = second;
    this.sum = sum;
    this.token = token;
  }

  /** Some logit is infinite or not a number. */
  void setNotFinite() {
    set(Float.NaN, Float.NaN, Float.NaN, HeadReadings.NOT_FINITE);
  }

  /** The token of the largest logit, or {@link HeadReadings#NOT_FINITE}. */
  public int token() {
    return token;
  }

  /** How sure the head is, in [0, 1]; 0 if the logits are not finite. */
  public float confidence(ConfidenceMetric metric) {
    if (token == HeadReadings.NOT_FINITE) {
      return 0;
    }
    return switch (metric) {
      case MARGIN -> (1 - Exp.exp(second - max)) / sum;
      case MAX_PROB -> 1 / sum;
    };
  }
}
