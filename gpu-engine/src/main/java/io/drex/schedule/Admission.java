package io.drex.schedule;

import org.jspecify.annotations.Nullable;

/**
 * Who gets a slot, and who has to give one up. The highest priority goes first, and of that the
 * longest job, so that a batch does not end with few sequences alive; every fourth time it is the
 * one that has waited longest of all, so that none waits for more than four times those that came
 * before it. A sequence is admitted when a slot is free and what it is expected to hold fits beside
 * what those alive are expected to hold; until it fits, no other passes it. When blocks run out all
 * the same, the youngest is pre-empted and waits before all others, so the sequences alive are
 * always the oldest of those admitted, and the oldest of all goes on to its end. It is admitted
 * again when at least as much as it held has room. Owned by the scheduler's thread.
 */
final class Admission {
  private static final int RANKED_IN_A_ROW = 3;

  private final Limits limits;
  private final KvCells kv;
  private final Slots slots;
  private final Counters counters;
  private final Expectation expectation;
  private final Waiting waiting = new Waiting();
  private final SequenceQueue preempted = new SequenceQueue("pre-empted"); // oldest first
  private long admissions;
  private int rankedInARow;

  Admission(Limits limits, KvCells kv, Slots slots, Expectation expectation, Counters counters) {
    this.limits = limits;
    this.kv = kv;
    this.slots = slots;
    this.counters = counters;
    this.expectation = expectation;
  }

  void add(Sequence sequence) {
    waiting.add(sequence);
  }

  boolean isAnyWaiting() {
    return !waiting.isEmpty() || !preempted.isEmpty();
  }

  /** Takes out one that holds no slot. */
  void remove(Sequence sequence) {
    if (waiting.contains(sequence)) {
      waiting.remove(sequence);
    } else {
      preempted.remove(sequence);
    }
  }

  /** Admits the sequence whose turn it is; null if there is none or it does not fit. */
  @Nullable Sequence next() {
    Sequence next = turn();
    if (next == null || !slots.isAnyFree()) {
      return null;
    }
    expect(next);
    if (!kv.hasRoomFor(next)) {
      return null;
    }
    boolean isFirst = waiting.contains(next);
    remove(next);
    int segments = limits.cache().segments();
    next.admit(slots.take(next), admissions++, limits.newTokens(next), segments);
    kv.admit(next, limits.positions(next));
    if (isFirst) {
      rankedInARow = rankedInARow == RANKED_IN_A_ROW ? 0 : rankedInARow + 1;
      next.listener.admitted();
    }
    return next;
  }

  private @Nullable Sequence turn() {
    Sequence oldest = preempted.peek();
    if (oldest != null) {
      return oldest;
    }
    return rankedInARow == RANKED_IN_A_ROW ? waiting.oldest() : waiting.first();
  }

  private void expect(Sequence next) {
    int segments = limits.cache().segments();
    if (next.expectedBlocks.length == 0) {
      next.expectedBlocks = new int[segments];
      next.neededBlocks = new int[segments];
    }
    for (int s = 0; s < segments; s++) {
      int cells = expectation.cells(next, limits.newTokens(next), s);
      next.expectedBlocks[s] = Math.max(limits.cache().blocksFor(cells), next.neededBlocks[s]);
    }
  }

  /**
   * Takes note of what a sequence holds, and of its next row, before it gives its blocks back:
   * admitted with less, it would be pre-empted again as soon as its tokens have run again.
   */
  private void noteNeed(Sequence s) {
    for (int segment = 0; segment < s.neededBlocks.length; segment++) {
      int next = s.cells[segment] + limits.kvFill().hiddenPerSequence();
      int cells = Math.min(next, limits.positions(s));
      int blocks = limits.cache().blocksFor(cells);
      s.neededBlocks[segment] = Math.max(s.neededBlocks[segment], blocks);
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
    noteNeed(youngest);
    youngest.rewind(youngest.cells[0]);
    kv.release(youngest);
    slots.give(youngest.slot);
    youngest.preempt();
    preempted.addFirst(youngest);
    counters.countPreemption();
  }
}
