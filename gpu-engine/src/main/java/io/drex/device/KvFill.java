package io.drex.device;

/** How layers that an exited token skipped get its K and V. Keys are stored after RoPE. */
public enum KvFill {
  /** Deeper layers read the entry of the last layer that ran; nothing is written. */
  MAP,

  /** The same values physically written into cells of each deeper segment. */
  COPY,

  /**
   * Each skipped layer projects K and V from the hidden state that the token left with, by its own
   * input norm and weights, into cells of its segment (CALM's and FREE's way).
   */
  PROPAGATE,

  /**
   * The token is pending: its hidden state is kept, and its skipped layers run together with those
   * of the sequence's next row, which therefore may not leave (EE-LLM's KV recomputation, also
   * called postfill). All K and V are as if every token had run the full depth.
   */
  RECOMPUTE;

  /**
   * Tokens of one sequence that may be pending at once. A row runs all layers when so many tokens
   * before it are pending, since they can run only beside a row that does.
   */
  public int maxPending() {
    return this == RECOMPUTE ? 1 : 0;
  }

  /** Whether a token takes a cell in the segments that it skipped, too. */
  public boolean fillsSkippedCells() {
    return switch (this) {
      case MAP, RECOMPUTE -> false;
      case COPY, PROPAGATE -> true;
    };
  }

  /** Hidden states that one sequence holds at most: of its newest row and of pending tokens. */
  public int hiddenPerSequence() {
    return 1 + maxPending();
  }
}
