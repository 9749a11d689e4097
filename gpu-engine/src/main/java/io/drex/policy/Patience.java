package io.drex.policy;

/**
 * How long buffered rows are let wait for others: throughput against the time that a request takes.
 *
 * @param maxAgeSteps steps after which a buffered row is overdue; at least 0
 * @param ageFactor α: a buffer whose oldest row has waited for so many steps counts for 1 + α ·
 *     steps times its rows; at least 0, which lets age alone start no flush before {@code
 *     maxAgeSteps}
 */
public record Patience(int maxAgeSteps, double ageFactor) {

  public Patience {
    if (maxAgeSteps < 0) {
      throw new IllegalArgumentException(
          "maxBufferAgeSteps must be at least 0, not " + maxAgeSteps);
    }
    if (!(ageFactor >= 0 && ageFactor < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "bufferAgeFactor must be a number of at least 0, not " + ageFactor);
    }
  }

  /** Rows count the same however old they are. */
  public Patience(int maxAgeSteps) {
    this(maxAgeSteps, 0);
  }

  /** What a buffer's rows count for, its oldest having waited for so many steps. */
  double weight(int rows, int ageSteps) {
    return rows * (1 + ageFactor * ageSteps);
  }
}
