package io.drex.schedule;

import io.drex.device.KvFill;

/** How many KV cells sequences hold, told from their tokens alone. */
final class CellCount {
  private final KvFill kvFill;
  private final Replay replay;

  CellCount(KvFill kvFill, Replay replay) {
    this.kvFill = kvFill;
    this.replay = replay;
  }

  /** The cells in a segment of a sequence that waits for its next chunk. */
  int ofPrefilling(Sequence s, int segment) {
    return ofKnown(s, s.prefilled, segment);
  }

  /**
   * The cells in a segment of a sequence in the chunk.
   *
   * @param before segment that the chunk runs next
   */
  int ofChunk(Sequence s, int before, int segment) {
    if (segment < before) {
      return ofKnown(s, s.chunkEnd, segment);
    }
    int end = s.prefilled;
    for (int p = s.chunkStart; p < s.chunkEnd && kvFill.fillsSkippedCells(); p++) {
      end = replay.runs(s, p, before) ? end : p + 1; // it left, and all before it have their cells
    }
    return ofKnown(s, end, segment);
  }

  /** The cells of the known positions [0, end). */
  private int ofKnown(Sequence s, int end, int segment) {
    int cells = end;
    for (int p = s.prompt.length; p < end && !kvFill.fillsSkippedCells(); p++) {
      cells -= replay.runs(s, p, segment) ? 0 : 1;
    }
    return cells;
  }

  /**
   * The cells in a segment of a sequence whose prompt has run.
   *
   * @param before segment that its newest row runs next
   */
  int ofDecoding(Sequence s, int before, int segment) {
    int over = s.position() - s.prompt.length; // rows at generated positions that run no more
    boolean newestRan = segment < before;
    return s.prompt.length + over + (newestRan ? 1 : 0) - without(s, newestRan, segment);
  }

  /** Positions that left before the segment and hold no cell there. */
  private int without(Sequence s, boolean newestRan, int segment) {
    return switch (kvFill) {
      case MAP -> {
        int skipped = 0;
        for (int p = s.prompt.length; p < s.position(); p++) {
          skipped += replay.runs(s, p, segment) ? 0 : 1;
        }
        yield skipped;
      }
      case COPY, PROPAGATE -> 0;
      case RECOMPUTE -> s.isPending() && segment >= s.pendingFrom && !newestRan ? 1 : 0;
    };
  }
}
