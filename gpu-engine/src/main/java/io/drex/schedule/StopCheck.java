package io.drex.schedule;

/**
 * Whether a sequence ends with its newest token. Used by the scheduler's thread for one sequence.
 */
public interface StopCheck {
  /** Ends nothing. */
  StopCheck NEVER = (tokens, count) -> false;

  /**
   * Told of every token once, in order.
   *
   * @param tokens generated ids; those from {@code count} on mean nothing. [token]
   * @param count generated so far, the newest included
   */
  boolean stopsAfter(int[] tokens, int count);
}
