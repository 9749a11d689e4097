package io.drex.demo.recipe;

/**
 * How far a run has come, over all its interruptions.
 *
 * @param step steps done
 * @param tokens tokens seen, without padding
 * @param next where the following batches begin
 * @param cpuSeconds of all threads, while training
 * @param seconds of the clock, while training
 */
public record Progress(
    int step, long tokens, Batches.Position next, double cpuSeconds, double seconds) {
  /** Nothing done yet. */
  public static final Progress START = new Progress(0, 0, Batches.Position.START, 0, 0);
}
