package io.drex.schedule;

import io.drex.policy.FlushPolicy;
import org.jspecify.annotations.Nullable;

/**
 * The queue before each segment: that of segment 0 holds the ready sequences, the others are the
 * rebatching buffers of the ramps. Owned by the scheduler's thread.
 */
final class StageQueues {
  private final FlushPolicy flushPolicy;
  private final SequenceQueue[] queues; // [segment]
  private final int[] queued; // [segment], as is the next; what the policy is shown
  private final int[] ageSteps;

  StageQueues(int segments, FlushPolicy flushPolicy) {
    this.flushPolicy = flushPolicy;
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
   * Queues a sequence.
   *
   * @param step the step that has just run
   */
  void add(Sequence sequence, int segment, long step) {
    sequence.queuedAtStep = step;
    queues[segment].add(sequence);
  }

  /**
   * The segment to run next, or {@link FlushPolicy#NOTHING}.
   *
   * @param step the step that has just run
   * @param live sequences that hold a slot
   */
  int next(long step, int live) {
    for (int s = 0; s < queues.length; s++) {
      @Nullable Sequence oldest = queues[s].peek();
      queued[s] = queues[s].size();
      long age = oldest == null ? 0 : step - oldest.queuedAtStep;
      ageSteps[s] = (int) Math.min(age, Integer.MAX_VALUE);
    }
    return flushPolicy.next(queued, ageSteps, live);
  }
}
