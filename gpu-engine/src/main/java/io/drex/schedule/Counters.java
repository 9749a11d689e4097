package io.drex.schedule;

/** What a scheduler did since it was made; written by its thread only. */
public final class Counters {
  long steps;
  long mixedSteps;
  long promptRows;
  long decodeRows;
  long tokens;
  long flushes;
  long flushedRows;

  Counters() {}

  /** Planned calls. */
  public long steps() {
    return steps;
  }

  /** Calls whose rows were of more than one group. */
  public long mixedSteps() {
    return mixedSteps;
  }

  /** Prompt positions, counted at segment 0. */
  public long promptRows() {
    return promptRows;
  }

  /** Generated positions, counted at each segment that ran them. */
  public long decodeRows() {
    return decodeRows;
  }

  /** Emitted tokens, those of restarted sequences included. */
  public long tokens() {
    return tokens;
  }

  /** Calls that ran a deeper segment for buffered rows. */
  public long flushes() {
    return flushes;
  }

  /** Buffered rows that those calls ran. */
  public long flushedRows() {
    return flushedRows;
  }
}
