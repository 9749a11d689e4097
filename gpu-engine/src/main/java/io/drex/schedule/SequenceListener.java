package io.drex.schedule;

/**
 * Hears of one sequence, on the scheduler's thread and from within its methods: it must not call
 * the scheduler.
 */
public interface SequenceListener {

  /** The sequence got a slot; told once. */
  void admitted();

  /** The sequence has its first token; told once, since what it has outlives restarts. */
  void firstToken();

  /** The sequence has a token, its first or another; told before it may be finished. */
  default void token() {}

  /**
   * A head read the row of a token that was decoded; told again if the row runs again. Logits that
   * are not finite are not told.
   *
   * @param token which of the sequence's tokens the row emits, or would if it left; at least 1
   * @param ramp by depth, from 0
   */
  default void met(int token, int ramp, float confidence) {}

  /** The sequence ended and holds nothing any more; told exactly once. */
  void finished(Sequence sequence);
}
