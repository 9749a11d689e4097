package io.drex.schedule;

/**
 * Whether a sequence ends with its newest token. Used by the scheduler's thread for one sequence.
 */
public interface StopCheck {
  /** Ends nothing. */
  StopCheck NEVER = (tokens, count) -> false;

  /**
   * Told of every token in order; after a restart, from the first token on again.
   *
   * @param tokens generated ids; those from {@code count} on mean nothing. [token]
   * @param count generated so far, the newest included; 1 starts the sequence anew
   */
  boolean stopsAfter(int[] tokens, int count);
}
