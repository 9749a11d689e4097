package io.drex.schedule;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Which sequence holds which slot. Owned by the scheduler's thread. */
final class Slots {
  private final IdPool pool;
  private final Sequence[] holders; // [slot], null where the slot is free

  Slots(int slots) {
    pool = new IdPool("slot", slots);
    holders = new Sequence[slots];
  }

  int count() {
    return holders.length;
  }

  boolean isAnyFree() {
    return pool.available() > 0;
  }

  int taken() {
    return pool.taken();
  }

  boolean isTaken(int slot) {
    return pool.isTaken(slot);
  }

  /** The sequence that holds a slot; null if it is free. */
  Sequence holder(int slot) {
    return holders[slot];
  }

  /** Of the sequences that hold a slot, the one that was admitted last. */
  Sequence youngest() {
    @Nullable Sequence youngest = null;
    for (Sequence holder : holders) {
      if (holder != null && (youngest == null || holder.age > youngest.age)) {
        youngest = holder;
      }
    }
    return Objects.requireNonNull(youngest, "no sequence holds a slot");
  }

  /** Takes a free slot for a sequence. */
  int take(Sequence sequence) {
    int slot = pool.take();
    holders[slot] = sequence;
    return slot;
  }

  @SuppressWarnings("NullAway") // a free slot holds null
  void give(int slot) {
    holders[slot] = null;
    pool.give(slot);
  }
}
