package io.drex.schedule;

import org.jspecify.annotations.Nullable;

/**
 * First in, first out, linked through the sequences themselves: a sequence is in at most one queue,
 * leaves it in constant time, and nothing is allocated.
 */
final class SequenceQueue {
  private final String name;
  private @Nullable Sequence first;
  private @Nullable Sequence last;
  private int size;

  /**
   * @param name for messages
   */
  SequenceQueue(String name) {
    this.name = name;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  @Nullable Sequence peek() {
    return first;
  }

  void add(Sequence sequence) {
    enter(sequence);
    sequence.previous = last;
    if (last == null) {
      first = sequence;
    } else {
      last.next = sequence;
    }
    last = sequence;
  }

  void addFirst(Sequence sequence) {
    enter(sequence);
    sequence.next = first;
    if (first == null) {
      last = sequence;
    } else {
      first.previous = sequence;
    }
    first = sequence;
  }

  @Nullable Sequence poll() {
    Sequence head = first;
    if (head != null) {
      remove(head);
    }
    return head;
  }

  void remove(Sequence sequence) {
    if (sequence.queue != this) {
      throw new IllegalStateException("a sequence to be removed is not in the queue " + name);
    }
    Sequence before = sequence.previous;
    Sequence after = sequence.next;
    if (before == null) {
      first = after;
    } else {
      before.next = after;
    }
    if (after == null) {
      last = before;
    } else {
      after.previous = before;
    }
    sequence.previous = null;
    sequence.next = null;
    sequence.queue = null;
    size--;
  }

  private void enter(Sequence sequence) {
    if (sequence.queue != null) {
      throw new IllegalStateException(
          "a sequence cannot enter the queue " + name + " from within " + sequence.queue.name);
    }
    sequence.queue = this;
    size++;
  }

  @Override
  public String toString() {
    return name + "[" + size + "]";
  }
}
