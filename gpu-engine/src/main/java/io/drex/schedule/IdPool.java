package io.drex.schedule;

import java.util.BitSet;

/** Free list of small ids, [0, size): slots, or the KV blocks of one segment. */
final class IdPool {
  private final String what;
  private final int size;
  private final int[] free; // [0, available) are free
  private final BitSet taken;
  private int available;

  IdPool(String what, int size) {
    this.what = what;
    this.size = size;
    free = new int[size];
    taken = new BitSet(size);
    available = size;
    for (int i = 0; i < size; i++) {
      free[i] = size - 1 - i;
    }
  }

  int available() {
    return available;
  }

  int taken() {
    return size - available;
  }

  boolean isTaken(int id) {
    return taken.get(id);
  }

  int take() {
    if (available == 0) {
      throw new IllegalStateException("no " + what + " is free; all " + size + " are taken");
    }
    int id = free[--available];
    taken.set(id);
    return id;
  }

  void give(int id) {
    if (!taken.get(id)) {
      throw new IllegalStateException(what + " " + id + " was given back twice");
    }
    taken.clear(id);
    free[available++] = id;
  }
}
