package io.drex.schedule;

/** What a scheduler did since it was made; written by its thread only. */
public final class Counters {
  long steps;
  private long mixedSteps;
  private long promptRows;
  private long decodeRows;
  long tokens;
  long decodeTokens;
  private long preemptions;
  private long replayedRows;
  private long flushes;
  private long flushedRows;
  private long outOfMemoryCalls;

  Counters() {}

  /**
   * Counts a planned call.
   *
   * @param prompt rows that run for the first time at positions of prompts
   */
  void countStep(int segment, int prompt, int decode, boolean isMixed) {
    steps++;
    mixedSteps += isMixed ? 1 : 0;
    promptRows += segment == 0 ? prompt : 0;
    decodeRows += decode;
  }

  /** Counts a call that ran a deeper segment for rows that had been buffered. */
  void countFlush(int decode) {
    flushes++;
    flushedRows += decode;
  }

  void countPreemption() {
    preemptions++;
  }

  void countOutOfMemory() {
    outOfMemoryCalls++;
  }

  /** Counts positions that run again, of a call of segment 0. */
  void countReplay(int rows) {
    replayedRows += rows;
  }

  /** Planned calls. */
  public long steps() {
    return steps;
  }

  /** Calls whose rows were of more than one group. */
  public long mixedSteps() {
    return mixedSteps;
  }

  /** Prompt positions, counted at segment 0; those that ran again are not. */
  public long promptRows() {
    return promptRows;
  }

  /** Generated positions, counted at each segment that ran them. */
  public long decodeRows() {
    return decodeRows;
  }

  /** Emitted tokens. */
  public long tokens() {
    return tokens;
  }

  /** Emitted tokens but for each sequence's first, which comes from the prompt's rows. */
  public long decodeTokens() {
    return decodeTokens;
  }

  /** Calls that ran a deeper segment for buffered rows. */
  public long flushes() {
    return flushes;
  }

  /** Buffered rows that those calls ran. */
  public long flushedRows() {
    return flushedRows;
  }

  /** Times that a sequence had to give up its KV to older ones. */
  public long preemptions() {
    return preemptions;
  }

  /** Calls that ran out of device memory. */
  public long outOfMemoryCalls() {
    return outOfMemoryCalls;
  }

  /** Positions that ran again after their KV was lost, counted at segment 0. */
  public long replayedRows() {
    return replayedRows;
  }
}
