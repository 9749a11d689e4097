package io.drex.schedule;

import io.drex.device.KvFill;

/** How many KV cells sequences hold, told from their tokens alone. */
final class CellCount {
  private final KvFill kvFill;

  CellCount(KvFill kvFill) {
    this.kvFill = kvFill;
  }

  /**
   * The cells in a segment of a sequence whose prompt has run.
   *
   * @param before segment that its newest row runs next
   */
  int ofDecoding(Sequence s, int before, int segment) {
    int emitted = s.tokenCount() - 1; // rows at generated positions that have emitted their token
    boolean newestRan = segment < before;
    return s.prompt.length + emitted + (newestRan ? 1 : 0) - without(s, newestRan, segment);
  }

  /** Positions that left before the segment and hold no cell there. */
  private int without(Sequence s, boolean newestRan, int segment) {
    return switch (kvFill) {
      case MAP -> {
        int skipped = 0;
        for (int exit = 0; exit < segment; exit++) {
          skipped += s.exitsBySegment[exit];
        }
        yield skipped;
      }
      case COPY, PROPAGATE -> 0;
      case RECOMPUTE -> s.isPending() && segment >= s.pendingFrom && !newestRan ? 1 : 0;
    };
  }
}
