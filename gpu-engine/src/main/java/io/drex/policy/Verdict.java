package io.drex.policy;

/** What becomes of a row that meets a ramp. */
public enum Verdict {
  /** It leaves with the ramp's token. */
  EXIT,
  /** It waits before the next segment until the {@link FlushPolicy} runs that. */
  BUFFER,
  /** It runs the next segment at once, with all that go on beside it or wait there. */
  GO_ON,
  /**
   * The ramp's token is final; the row itself goes on at once, so that its K and V are complete.
   */
  RELEASE
}
