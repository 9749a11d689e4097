package io.drex.policy;

/**
 * How long a decoding sequence takes from token to token, an average that forgets. Mutable; owned
 * by the scheduler's thread.
 */
public final class Pace {
  /** What an older call still counts for after each newer one. */
  private static final double KEPT = 1 - 1 / 256.0;

  private double sequenceNanos;
  private double tokens;

  /**
   * Notes a call.
   *
   * @param nanos that it took
   * @param decoding sequences that had their first token by then
   * @param decodeTokens that they got since the call noted before
   */
  public void add(long nanos, int decoding, long decodeTokens) {
    sequenceNanos = KEPT * sequenceNanos + (double) nanos * decoding;
    tokens = KEPT * tokens + decodeTokens;
  }

  /** Nanoseconds per token; 0 while nothing was decoded. */
  public double nanosPerToken() {
    return tokens == 0 ? 0 : sequenceNanos / tokens;
  }
}
