package io.drex.demo.recipe;

/**
 * What changes from step to step: the learning rate and whether state-copy masking is on. Steps
 * count from 1.
 *
 * @param steps planned steps, the cosine's length
 * @param peak the highest learning rate
 * @param maskFrom share of the planned steps after which masking begins; 1 = never
 */
public record Schedule(int steps, double peak, double maskFrom) {
  private static final int WARM_UP_STEPS = 100;
  private static final double FLAT_UNTIL = .1;
  private static final double FLOOR = .05;

  public Schedule {
    if (steps < 1 || !(peak > 0) || !(maskFrom >= 0 && maskFrom <= 1)) {
      throw new IllegalArgumentException(
          "steps must be at least 1, lr above 0, mask-from in [0, 1]; got steps="
              + steps
              + " lr="
              + peak
              + " mask-from="
              + maskFrom);
    }
  }

  /** The learning rate of a step: linear warm-up, flat to 10 %, cosine to 5 % of the peak. */
  public double learningRate(int step) {
    double warm = Math.min(1, step / (double) WARM_UP_STEPS);
    double done = Math.min(1, step / (double) steps);
    if (done <= FLAT_UNTIL) {
      return peak * warm;
    }
    double cosine = .5 * (1 + Math.cos(Math.PI * (done - FLAT_UNTIL) / (1 - FLAT_UNTIL)));
    return peak * warm * (FLOOR + (1 - FLOOR) * cosine);
  }

  /** Whether a step's summary positions may take over keys and values of their exit layer. */
  public boolean masks(int step) {
    return maskFrom < 1 && step > maskFrom * steps;
  }

  /** Whether the planned run masks at all. */
  public boolean everMasks() {
    return maskFrom < 1;
  }
}
