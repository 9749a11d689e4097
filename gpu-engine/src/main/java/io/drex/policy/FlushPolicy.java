package io.drex.policy;

/**
 * Which queue the device serves next when no prompt chunk is on its way: it decides when work runs
 * and never what comes out.
 *
 * <p>In this order: the buffer that is longest overdue; the deepest buffer that holds enough rows;
 * the ready rows; the fullest buffer, since nothing else can run.
 */
public sealed interface FlushPolicy {
  /** What {@link #next} answers when all queues are empty. */
  int NOTHING = -1;

  /** Steps that a buffered row may wait before it is overdue; at least 0. */
  int maxBufferAgeSteps();

  /**
   * Buffered rows that are enough to run a deeper segment. Where fewer sequences are alive, all of
   * them are enough, whatever this says.
   *
   * @param segment the segment they wait for, at least 1
   * @param live sequences that hold a slot
   */
  int enoughRows(int segment, int live);

  /**
   * Chooses a segment.
   *
   * @param queued rows queued before each segment; those of segment 0 are ready, those of the
   *     others buffered. [segment]
   * @param ageSteps steps that the oldest row of each queue has waited. [segment]
   * @param live sequences that hold a slot
   * @return a segment whose queue is not empty, or {@link #NOTHING}
   */
  default int next(int[] queued, int[] ageSteps, int live) {
    int overdue = longestOverdue(queued, ageSteps, maxBufferAgeSteps());
    if (overdue != NOTHING) {
      return overdue;
    }
    for (int segment = queued.length - 1; segment > 0; segment--) {
      int enough = Math.min(enoughRows(segment, live), live);
      if (queued[segment] > 0 && queued[segment] >= enough) {
        return segment;
      }
    }
    return queued[0] > 0 ? 0 : fullestBuffer(queued);
  }

  private static int longestOverdue(int[] queued, int[] ageSteps, int maxAgeSteps) {
    int best = NOTHING;
    for (int segment = queued.length - 1; segment > 0; segment--) {
      if (queued[segment] > 0
          && ageSteps[segment] >= maxAgeSteps
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

  private static void requireAge(int maxBufferAgeSteps) {
    if (maxBufferAgeSteps < 0) {
      throw new IllegalArgumentException(
          "maxBufferAgeSteps must be at least 0, not " + maxBufferAgeSteps);
    }
  }

  /**
   * The same number of rows at every ramp.
   *
   * @param flushRows at least 1
   */
  record Fixed(int flushRows, int maxBufferAgeSteps) implements FlushPolicy {
    public Fixed {
      requireAge(maxBufferAgeSteps);
      if (flushRows < 1) {
        throw new IllegalArgumentException("flushRows must be at least 1, not " + flushRows);
      }
    }

    @Override
    public int enoughRows(int segment, int live) {
      return flushRows;
    }
  }

  /**
   * Thresholds looked up in a table that is replaced as costs and exit rates become known. Mutable;
   * owned by the scheduler's thread.
   */
  final class Planned implements FlushPolicy {
    private final int maxBufferAgeSteps;
    private FlushTable table;

    /**
     * @param first what holds until the first {@link #replace}
     */
    public Planned(FlushTable first, int maxBufferAgeSteps) {
      requireAge(maxBufferAgeSteps);
      this.table = first;
      this.maxBufferAgeSteps = maxBufferAgeSteps;
    }

    /** Looks thresholds up in another table from now on. */
    public void replace(FlushTable next) {
      table = next;
    }

    /** The table in use. */
    public FlushTable table() {
      return table;
    }

    @Override
    public int maxBufferAgeSteps() {
      return maxBufferAgeSteps;
    }

    @Override
    public int enoughRows(int segment, int live) {
      return table.enoughRows(segment, live);
    }
  }
}
