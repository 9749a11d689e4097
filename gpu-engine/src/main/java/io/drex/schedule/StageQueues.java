package io.drex.schedule;

import io.drex.policy.FlushPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The queue before each segment: that of segment 0 holds the ready sequences, the others are the
 * rebatching buffers of the ramps. Owned by the scheduler's thread.
 */
final class StageQueues {
  private final FlushPolicy flushPolicy;
  private final Deadlines deadlines;
  private final SequenceQueue[] queues; // [segment]
  private final int[] queued; // [segment], as is the next; what the policy is shown
  private final int[] ageSteps;
  private final int batchRows;
  private final boolean servesNewestFirst;
  private int goOn = FlushPolicy.NOTHING; // the segment that must run next
  private boolean wentOn;

  /**
   * @param batchRows most ready rows of one call
   * @param servesNewestFirst whether sequences that come back run before those that were ready
   */
  StageQueues(
      int segments,
      FlushPolicy flushPolicy,
      Deadlines deadlines,
      int batchRows,
      boolean servesNewestFirst) {
    this.flushPolicy = flushPolicy;
    this.deadlines = deadlines;
    this.batchRows = batchRows;
    this.servesNewestFirst = servesNewestFirst;
    queues = new SequenceQueue[segments];
    for (int s = 0; s < segments; s++) {
      queues[s] = new SequenceQueue(s == 0 ? "ready" : "buffer of ramp " + s);
    }
    queued = new int[segments];
    ageSteps = new int[segments];
  }

  SequenceQueue queue(int segment) {
    return queues[segment];
  }

  /**
   * Queues a sequence whose known tokens have all run.
   *
   * @param step the step that has just run
   */
  void add(Sequence sequence, long step) {
    sequence.queuedAtStep = step;
    queues[0].add(sequence);
  }

  /** Queues a sequence in the buffer before a deeper segment. */
  void addBuffered(Sequence sequence, int segment, long step) {
    sequence.queuedAtStep = step;
    queues[segment].add(sequence);
    deadlines.buffered(sequence, segment);
  }

  /** Queues a sequence that has a new token to run. */
  void addReady(Sequence sequence, long step) {
    sequence.queuedAtStep = step;
    if (servesNewestFirst) {
      queues[0].addFirst(sequence);
    } else {
      queues[0].add(sequence);
    }
  }

  /** Queues a sequence before a deeper segment that must run next. */
  void addGoingOn(Sequence sequence, int segment, long step) {
    sequence.queuedAtStep = step;
    queues[segment].add(sequence);
    goOn = segment;
  }

  /** Whether sequences wait before a segment that must run next. */
  boolean mustGoOn() {
    return goOn != FlushPolicy.NOTHING && !queues[goOn].isEmpty();
  }

  /** Whether a buffer has to be flushed now for a deadline. */
  boolean isAnyDue() {
    return deadlines.due(queues) != FlushPolicy.NOTHING;
  }

  /** Whether the segment that was served last ran because it had to. */
  boolean wentOn() {
    return wentOn;
  }

  /** The queue whose rows the next call takes. */
  SequenceQueue serve(int segment) {
    wentOn = mustGoOn();
    goOn = FlushPolicy.NOTHING;
    return queues[segment];
  }

  /** Most rows that a call of this segment takes. */
  int batchRows(int segment) {
    return segment == 0 ? batchRows : Integer.MAX_VALUE;
  }

  /** Whether no sequence waits before any segment. */
  boolean areEmpty() {
    for (SequenceQueue queue : queues) {
      if (!queue.isEmpty()) {
        return false;
      }
    }
    return true;
  }

  /**
   * The segment to run next, or {@link FlushPolicy#NOTHING}.
   *
   * @param step the step that has just run
   * @param live sequences that hold a slot
   */
  int next(long step, int live) {
    if (mustGoOn()) {
      return goOn;
    }
    int due = deadlines.due(queues);
    if (due != FlushPolicy.NOTHING) {
      return due;
    }
    for (int s = 0; s < queues.length; s++) {
      @Nullable Sequence oldest = queues[s].peek();
      queued[s] = queues[s].size();
      long age = oldest == null ? 0 : step - oldest.queuedAtStep;
      ageSteps[s] = (int) Math.min(age, Integer.MAX_VALUE);
    }
    return flushPolicy.next(queued, ageSteps, live);
  }
}
