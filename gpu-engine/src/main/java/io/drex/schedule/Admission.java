package io.drex.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Who gets a slot, and who has to give one up. A sequence is admitted when a slot is free and what
 * it is expected to hold fits beside what those alive are expected to hold. When blocks run out all
 * the same, the youngest is pre-empted and waits before all others, so the sequences alive are
 * always the oldest of those admitted, and the oldest of all goes on to its end. Owned by the
 * scheduler's thread.
 */
final class Admission {
  private final Limits limits;
  private final KvCells kv;
  private final Slots slots;
  private final Counters counters;
  private final Expectation expectation;
  private final SequenceQueue waiting = new SequenceQueue("waiting");
  private final SequenceQueue preempted = new SequenceQueue("pre-empted"); // oldest first
  private long admissions;

  Admission(Limits limits, KvCells kv, Slots slots, Counters counters) {
    this.limits = limits;
    this.kv = kv;
    this.slots = slots;
    this.counters = counters;
    expectation = new Expectation(limits.cache().segments(), limits.kvUse().expectedNewTokens());
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  boolean isAnyWaiting() {
    return !waiting.isEmpty() || !preempted.isEmpty();
  }

  /** Admits the sequence whose turn it is; null if there is none or it does not fit. */
  @Nullable Sequence next() {
    SequenceQueue from = preempted.isEmpty() ? waiting : preempted;
    Sequence next = from.peek();
    if (next == null || !slots.isAnyFree()) {
      return null;
    }
    expect(next);
    if (!kv.hasRoomFor(next)) {
      return null;
    }
    from.remove(next);
    int segments = limits.cache().segments();
    next.admit(slots.take(next), admissions++, limits.newTokens(next), segments);
    kv.admit(next, limits.positions(next));
    if (from == waiting) {
      next.listener.admitted();
    }
    return next;
  }

  private void expect(Sequence next) {
    int segments = limits.cache().segments();
    if (next.expectedBlocks.length == 0) {
      next.expectedBlocks = new int[segments];
    }
    for (int s = 0; s < segments; s++) {
      int cells = expectation.cells(next, limits.newTokens(next), s);
      next.expectedBlocks[s] = limits.cache().blocksFor(cells);
    }
  }

  /** Takes note of a sequence that came to its own end, before it gives its blocks back. */
  void learn(Sequence finished) {
    expectation.learn(finished);
  }

  /** Takes blocks and slot from the youngest. */
  void preemptYoungest() {
    Sequence youngest = slots.youngest();
    if (youngest.queue != null) {
      youngest.queue.remove(youngest);
    }
    youngest.rewind(youngest.cells[0]);
    kv.release(youngest);
    slots.give(youngest.slot);
    youngest.preempt();
    preempted.addFirst(youngest);
    counters.countPreemption();
  }
}
