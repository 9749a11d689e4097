package io.drex.policy;

/**
 * Which queue the device serves next when no prompt chunk is on its way. Pure.
 *
 * <p>In this order: the buffer that is longest overdue; the deepest buffer that holds enough rows;
 * the ready rows; the fullest buffer, since nothing else can run.
 *
 * @param flushRows buffered rows that are enough to run a deeper segment; at least 1. Where fewer
 *     sequences are alive, all of them are enough
 * @param maxBufferAgeSteps steps that a buffered row may wait before it is overdue; at least 0
 */
public record FlushPolicy(int flushRows, int maxBufferAgeSteps) {
  /** What {@link #next} answers when all queues are empty. */
  public static final int NOTHING = -1;

  public FlushPolicy {
    if (flushRows < 1 || maxBufferAgeSteps < 0) {
      throw new IllegalArgumentException(
          "flushRows must be at least 1 and maxBufferAgeSteps at least 0, not "
              + flushRows
              + " and "
              + maxBufferAgeSteps);
    }
  }

  /**
   * Chooses a segment.
   *
   * @param queued rows queued before each segment; those of segment 0 are ready, those of the
   *     others buffered. [segment]
   * @param ageSteps steps that the oldest row of each queue has waited. [segment]
   * @param live sequences that hold a slot
   * @return a segment whose queue is not empty, or {@link #NOTHING}
   */
  public int next(int[] queued, int[] ageSteps, int live) {
    int overdue = longestOverdue(queued, ageSteps);
    if (overdue != NOTHING) {
      return overdue;
    }
    int enough = Math.min(flushRows, live);
    for (int segment = queued.length - 1; segment > 0; segment--) {
      if (queued[segment] > 0 && queued[segment] >= enough) {
        return segment;
      }
    }
    return queued[0] > 0 ? 0 : fullestBuffer(queued);
  }

  private int longestOverdue(int[] queued, int[] ageSteps) {
    int best = NOTHING;
    for (int segment = queued.length - 1; segment > 0; segment--) {
      if (queued[segment] > 0
          && ageSteps[segment] >= maxBufferAgeSteps
          && (best == NOTHING || ageSteps[segment] > ageSteps[best])) {
        best = segment;
      }
    }
    return best;
  }

  private static int fullestBuffer(int[] queued) {
    int best = NOTHING;
    for (int segment = queued.length - 1; segment > 0; segment--) {
      if (queued[segment] > 0 && (best == NOTHING || queued[segment] > queued[best])) {
        best = segment;
      }
    }
    return best;
  }
}
