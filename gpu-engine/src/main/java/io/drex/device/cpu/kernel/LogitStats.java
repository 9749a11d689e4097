package io.drex.device.cpu.kernel;

import io.drex.device.HeadReadings;

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

  /** Whether all logits are finite; the other figures mean nothing where they are not. */
  public boolean isFinite() {
    return token != HeadReadings.NOT_FINITE;
  }

  /** The largest logit. */
  public float max() {
    return max;
  }

  /** Largest softmax probability. */
  public float maxProb() {
    return 1 / sum;
  }

  /** Largest softmax probability − the second largest. */
  public float margin() {
    return (1 - Exp.exp(second - max)) / sum;
  }

  /** Largest logit − the second largest. */
  public float logitMargin() {
    return max - second;
  }

  /**
   * 1 − entropy of the softmax over the largest that so many tokens can have, in [0, 1].
   *
   * @param spreads {@link Kernels#sumOfSpreads} of the same logits
   */
  public float certainty(float spreads, int count) {
    double entropy = StrictMath.log(sum) + (double) spreads / sum;
    double certainty = count == 1 ? 1 : 1 - entropy / StrictMath.log(count);
    return (float) Math.min(1, Math.max(0, certainty));
  }

  /** Natural logarithm of the softmax probability of a logit, at most 0. */
  public float logProb(float logit) {
    return (float) ((double) logit - max - StrictMath.log(sum));
  }
}
