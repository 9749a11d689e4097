package io.drex.device.cuda.bench;

import java.util.List;

/**
 * What a stage left.
 *
 * @param reason why it is not complete; empty where it is
 * @param seconds that it took
 */
public record Part(String stage, State state, String reason, double seconds, List<Table> tables) {

  /** How a stage ended, the better first. */
  public enum State {
    /** It did all it was to do. */
    COMPLETE,
    /** Something it needs is not on this machine. */
    UNAVAILABLE,
    /** It had not the time for all; what it has is good. */
    INCOMPLETE,
    /** It failed, or was ended; what it has was good when it was written. */
    FAILED;

    /** The worse of two. */
    State worse(State other) {
      return compareTo(other) < 0 ? other : this;
    }
  }

  public Part {
    tables = List.copyOf(tables);
  }

  /** Whether there was nothing wrong with it. */
  boolean isGood() {
    return state == State.COMPLETE || state == State.UNAVAILABLE;
  }
}
