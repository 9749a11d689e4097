package io.drex.schedule;

/**
 * Most rows of one call: all that {@link Limits} allow, until the device runs out of memory; then
 * half as many as it failed with, for good. Prompt rows keep their share of a call. Decides when
 * work runs and changes no result. Owned by the scheduler's thread.
 */
final class CallCeiling {
  private final Limits limits;
  private final Counters counters;
  private final int least; // rows that one sequence may have in a call and that cannot be parted
  private int rows;

  CallCeiling(Limits limits, Counters counters) {
    this.limits = limits;
    this.counters = counters;
    least = limits.kvFill().hiddenPerSequence();
    rows = limits.maxRows();
  }

  /** Most rows of a call. */
  int rows() {
    return rows;
  }

  /** Most rows of known tokens in a call; what they leave is enough for one decoding sequence. */
  int promptRows() {
    long share = (long) limits.maxPrefillTokens() * rows / limits.maxRows();
    return Math.max(1, Math.min((int) share, rows - least));
  }

  /**
   * Whether a call has no room for prompt and decode rows side by side: then decoding goes first.
   */
  boolean partsPromptsFromDecoding() {
    return rows == least;
  }

  /**
   * Takes note that a call ran out of memory.
   *
   * @return false if it was as small as calls can be, so that its rows are to blame
   */
  boolean lower(int failedRows) {
    counters.countOutOfMemory();
    if (rows == least && failedRows <= least) {
      return false;
    }
    rows = Math.max(least, Math.min(rows, failedRows / 2));
    return true;
  }
}
