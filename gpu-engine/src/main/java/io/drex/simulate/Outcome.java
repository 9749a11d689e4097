package io.drex.simulate;

/**
 * What a simulated run came to. Times are of the virtual clock, and of the measured part of the run
 * only.
 *
 * @param micros how long it took
 * @param tokens generated
 * @param decodeTokens those of them that were decoded; each sequence's first comes from its prompt
 * @param promptTokens prompt positions that ran
 * @param steps device calls
 * @param tokensBySegment decoded tokens emitted after each segment; the last is the full depth
 * @param involuntaryExits tokens emitted below their threshold
 * @param involuntaryStays rows that were confident and had to go on
 * @param flushes calls that ran a deeper segment for buffered rows
 * @param flushedRows rows that those calls ran
 * @param requestMicros time from a request's slot to its end, of the requests that ended
 * @param requestMicrosWithDeadline the same of those that had a deadline
 * @param lateRequests those of them that ended after it
 * @param tokenMicros time between two tokens of a sequence
 * @param bufferedSteps steps that a buffered row waited
 * @param bufferedMicros time that a buffered row waited
 * @param heldTokenLayersPeak most KV held at once, in tokens times layers
 * @param plainTokenLayersAtPeak what a cache without early exits would have held then
 */
public record Outcome(
    double micros,
    long tokens,
    long decodeTokens,
    long promptTokens,
    long steps,
    long[] tokensBySegment,
    long involuntaryExits,
    long involuntaryStays,
    long flushes,
    long flushedRows,
    Spread requestMicros,
    Spread requestMicrosWithDeadline,
    long lateRequests,
    Spread tokenMicros,
    Spread bufferedSteps,
    Spread bufferedMicros,
    long heldTokenLayersPeak,
    long plainTokenLayersAtPeak) {

  /** Generated tokens per second, prompts included in the time. */
  public double tokensPerSecond() {
    return tokens / micros * 1e6;
  }

  /** Share of the decoded tokens that were emitted at a ramp. */
  public double exitShare() {
    return 1 - fullDepthTokens() / (double) Math.max(1, decodeTokens);
  }

  /** Share of the decoded tokens that were emitted below their threshold. */
  public double involuntaryExitShare() {
    return involuntaryExits / (double) Math.max(1, decodeTokens);
  }

  /** Of the tokens that came from the full depth, the share that had been confident at a ramp. */
  public double involuntaryStayShare() {
    return involuntaryStays / (double) Math.max(1, fullDepthTokens());
  }

  /** Mean rows of a flush; 0 without one. */
  public double meanFlushRows() {
    return flushes == 0 ? 0 : flushedRows / (double) flushes;
  }

  private long fullDepthTokens() {
    return tokensBySegment[tokensBySegment.length - 1];
  }
}
