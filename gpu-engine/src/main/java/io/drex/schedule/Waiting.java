package io.drex.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sequences that were never admitted, by arrival and by rank, which is their priority and then the
 * work that they may bring: a heap beside a list, so that the first and the oldest are at hand
 * however many wait. Adding and removing take time in the logarithm of their number. Owned by the
 * scheduler's thread.
 */
final class Waiting {
  private final SequenceQueue arrivals = new SequenceQueue("waiting");
  private @Nullable Sequence[] heap = new Sequence[64]; // [0, size): a parent is of no lower rank
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  boolean contains(Sequence sequence) {
    return sequence.queue == arrivals;
  }

  /** The one that has waited longest. */
  @Nullable Sequence oldest() {
    return arrivals.peek();
  }

  /** The longest of those of the highest priority; of equals any, but always the same. */
  @Nullable Sequence first() {
    return heap[0];
  }

  void add(Sequence sequence) {
    arrivals.add(sequence);
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    rise(size++, sequence);
  }

  void remove(Sequence sequence) {
    arrivals.remove(sequence);
    int hole = sequence.heapIndex;
    Sequence last = at(--size);
    heap[size] = null;
    if (last != sequence) {
      sink(hole, last);
      rise(last.heapIndex, last);
    }
  }

  private void rise(int from, Sequence sequence) {
    int at = from;
    while (at > 0 && outranks(sequence, at((at - 1) / 2))) {
      put(at, at((at - 1) / 2));
      at = (at - 1) / 2;
    }
    put(at, sequence);
  }

  private void sink(int from, Sequence sequence) {
    int at = from;
    for (int child; (child = higherChild(at)) < size; at = child) {
      if (!outranks(at(child), sequence)) {
        break;
      }
      put(at, at(child));
    }
    put(at, sequence);
  }

  private int higherChild(int parent) {
    int left = 2 * parent + 1;
    int right = left + 1;
    return right < size && outranks(at(right), at(left)) ? right : left;
  }

  private static boolean outranks(Sequence one, Sequence other) {
    return one.priority == other.priority
        ? one.work() > other.work()
        : one.priority > other.priority;
  }

  private void put(int index, Sequence sequence) {
    heap[index] = sequence;
    sequence.heapIndex = index;
  }

  @SuppressWarnings("NullAway") // [0, size) holds sequences
  private Sequence at(int index) {
    return heap[index];
  }
}
