package io.drex.schedule;

/**
 * Hears of one sequence, on the scheduler's thread and from within its methods: it must not call
 * the scheduler.
 */
public interface SequenceListener {

  /** The sequence got a slot; told once. */
  void admitted();

  /** The sequence has its first token; told again after a restart. */
  void firstToken();

  /** The sequence has a token, its first or another; told before it may be finished. */
  default void token() {}

  /** The sequence ended and holds nothing any more; told exactly once. */
  void finished(Sequence sequence);
}
