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

  /** How long buffered rows are let wait. */
  Patience patience();

  /**
   * Buffered rows that are enough to run a deeper segment. Where fewer sequences are alive, all of
   * them are enough, whatever this says.
   *
   * @param segment the segment they wait for, at least 1
   * @param live sequences that hold a slot
   */
  int enoughRows(int segment, int live);

  /**
   * Whether a buffer is worth a flush: its rows are enough, the older the fewer.
   *
   * @param rows buffered, at least 1
   * @param ageSteps steps that the oldest of them has waited
   */
  default boolean isEnough(int segment, int rows, int ageSteps, int live) {
    return patience().weight(rows, ageSteps) >= Math.min(enoughRows(segment, live), live);
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
  default int next(int[] queued, int[] ageSteps, int live) {
    int overdue = longestOverdue(queued, ageSteps, patience().maxAgeSteps());
    if (overdue != NOTHING) {
      return overdue;
    }
    for (int segment = queued.length - 1; segment > 0; segment--) {
      int rows = queued[segment];
      if (rows > 0 && isEnough(segment, rows, ageSteps[segment], live)) {
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

  private static void requireRows(String option, int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, not " + rows);
    }
  }

  /**
   * The same number of rows at every ramp.
   *
   * @param flushRows at least 1
   */
  record Fixed(int flushRows, Patience patience) implements FlushPolicy {
    public Fixed {
      requireRows("flushRows", flushRows);
    }

    /** Rows count the same however old they are. */
    public Fixed(int flushRows, int maxBufferAgeSteps) {
      this(flushRows, new Patience(maxBufferAgeSteps));
    }

    @Override
    public int enoughRows(int segment, int live) {
      return flushRows;
    }
  }

  /**
   * That of {@link ExitPolicy.Art}: a full batch, its rows counting for more the older they are; or
   * a number that is enough at any age.
   *
   * <p>Source: DREX (paper).
   *
   * @param batchRows of a full batch, b; at least 1
   * @param minFlushRows enough at any age, at least 1; {@code batchRows} says no more than that one
   */
  record Art(int batchRows, int minFlushRows, Patience patience) implements FlushPolicy {
    public Art {
      requireRows("batchRows", batchRows);
      requireRows("flushRows", minFlushRows);
    }

    @Override
    public int enoughRows(int segment, int live) {
      return batchRows;
    }

    @Override
    public boolean isEnough(int segment, int rows, int ageSteps, int live) {
      return rows >= minFlushRows || FlushPolicy.super.isEnough(segment, rows, ageSteps, live);
    }
  }

  /**
   * Thresholds looked up in a table that is replaced as costs and exit rates become known. Mutable;
   * owned by the scheduler's thread.
   */
  final class Planned implements FlushPolicy {
    private final Patience patience;
    private FlushTable table;

    /**
     * @param first what holds until the first {@link #replace}
     */
    public Planned(FlushTable first, Patience patience) {
      this.table = first;
      this.patience = patience;
    }

    /** Rows count the same however old they are. */
    public Planned(FlushTable first, int maxBufferAgeSteps) {
      this(first, new Patience(maxBufferAgeSteps));
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
    public Patience patience() {
      return patience;
    }

    @Override
    public int enoughRows(int segment, int live) {
      return table.enoughRows(segment, live);
    }
  }
}
