package io.drex.schedule;

/**
 * Most rows of one call: all that {@link Limits} allow, until the device runs out of memory; then
 * half as many as it failed with. After many good calls half as many more are tried, after twice as
 * many each time that the device ran out of memory again. Prompt rows keep their share of a call.
 * Decides when work runs and changes no result. Owned by the scheduler's thread.
 */
final class CallCeiling {
  /** Calls that must go well before more rows are tried: under a minute of most devices. */
  static final int GOOD_CALLS = 4_096;

  /** Times that waiting doubles; a failed call in a billion is no more worth avoiding. */
  private static final int MOST_DOUBLINGS = 18;

  private final Limits limits;
  private final Counters counters;
  private final int least; // rows that one sequence may have in a call and that cannot be parted
  private int rows;
  private long goodCalls; // since the latest change
  private int doublings; // of the good calls that are waited for
  private boolean hasRisen; // since the latest failure

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

  /** Takes note that a call ran. */
  void ranThrough() {
    if (rows < limits.maxRows() && ++goodCalls >= (long) GOOD_CALLS << doublings) {
      rows = Math.min(limits.maxRows(), rows + Math.max(1, rows / 2));
      goodCalls = 0;
      hasRisen = true;
    }
  }

  /**
   * Takes note that a call ran out of memory.
   *
   * @return false if neither it nor any other could have been smaller, so that its rows are to
   *     blame
   */
  boolean lower(int failedRows) {
    counters.countOutOfMemory();
    goodCalls = 0;
    if (rows == least && failedRows <= least) {
      return false;
    }
    if (hasRisen) { // in vain
      doublings = Math.min(MOST_DOUBLINGS, doublings + 1);
      hasRisen = false;
    }
    // A call that could not be smaller says that memory is short, and not how many rows fit.
    int fewer = failedRows <= least ? rows / 2 : Math.min(rows, failedRows / 2);
    rows = Math.max(least, fewer);
    return true;
  }
}
