package io.drex.schedule;

import io.drex.device.CacheGeometry;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What holds between calls:
 *
 * <ol>
 *   <li>Every sequence that holds a slot is in exactly one queue, and no other sequence is in one
 *       but the waiting ones.
 *   <li>A slot is taken if and only if a sequence holds it.
 *   <li>In each segment a KV block is taken if and only if one sequence holds it for itself, or it
 *       is of a shared prefix; a shared block counts the sequences that use it.
 *   <li>The blocks expected of a segment are those that the sequences with a slot count for, and
 *       the shared ones in use.
 *   <li>A sequence's entries of a segment are its cells there in order of position, with aliases of
 *       its own cells in earlier segments between them.
 *   <li>It has as many cells in a segment as {@link CellCount} says.
 * </ol>
 */
final class IntegrityCheck {
  private final Limits limits;
  private final KvCells kv;
  private final Slots slots;
  private final CellCount count;

  IntegrityCheck(Limits limits, KvCells kv, Slots slots, Replay replay) {
    this.limits = limits;
    count = new CellCount(limits.kvFill(), replay);
    this.kv = kv;
    this.slots = slots;
  }

  void run(Queues queues) {
    Chunk chunk = queues.chunk();
    int members = check(queues.prefilling(), count::ofPrefilling);
    members += check(chunk.members(), (s, segment) -> count.ofChunk(s, chunk.segment(), segment));
    for (int stage = 0; stage < limits.cache().segments(); stage++) {
      int before = stage;
      members +=
          check(queues.stages().queue(stage), (s, segment) -> count.ofDecoding(s, before, segment));
    }
    require(1, members == slots.taken(), members + " queued, " + slots.taken() + " slots taken");
    for (int slot = 0; slot < slots.count(); slot++) {
      Sequence s = slots.holder(slot);
      require(2, slots.isTaken(slot) == (s != null), "slot " + slot);
    }
    for (int segment = 0; segment < limits.cache().segments(); segment++) {
      checkBlocks(segment);
    }
  }

  /** Returns how many sequences are in the queue. */
  private int check(SequenceQueue queue, ToIntBiFunction<Sequence, Integer> cells) {
    int members = 0;
    for (@Nullable Sequence s = queue.peek(); s != null; s = s.next) {
      members++;
      require(1, s.queue == queue && s.isAdmitted() && slots.holder(s.slot) == s, "queue " + queue);
      for (int segment = 0; segment < limits.cache().segments(); segment++) {
        int expected = cells.applyAsInt(s, segment);
        require(
            6,
            s.cells[segment] == expected,
            s.cells[segment] + " cells in segment " + segment + ", not " + expected);
      }
    }
    return members;
  }

  private void checkBlocks(int segment) {
    PrefixBlocks shared = kv.prefixes().tree();
    Map<Integer, Integer> users = new HashMap<>();
    BitSet held = new BitSet();
    int expected = 0;
    for (int slot = 0; slot < slots.count(); slot++) {
      Sequence s = slots.holder(slot);
      if (s == null) {
        continue;
      }
      expected += kv.counted(s, segment);
      int blocks = limits.cache().blocksFor(s.cells[segment]);
      for (int k = 0; k < s.sharedBlocks; k++) {
        int node = s.prefixNodes[k];
        require(3, s.blocks[segment][k] == shared.block(segment, node), "shared block " + k);
        users.merge(node, 1, Integer::sum);
      }
      for (int k = s.sharedBlocks; k < blocks; k++) {
        int block = s.blocks[segment][k];
        require(3, kv.pool(segment).isTaken(block), "free block " + block + " is held");
        require(3, !held.get(block), "block " + block + " is held twice");
        held.set(block);
      }
      checkEntries(s, segment);
    }
    require(3, users.size() == shared.used(), users.size() + " shared blocks in use");
    users.forEach((node, n) -> require(3, shared.users(node) == n, "users of prefix " + node));
    expected += shared.used();
    int counted = kv.expectedBlocks(segment);
    require(4, expected == counted, expected + " blocks expected, " + counted + " counted");
    int taken = kv.pool(segment).taken();
    int all = held.cardinality() + shared.used() + shared.unused();
    require(3, all == taken, all + " held or shared, " + taken + " taken");
  }

  private void checkEntries(Sequence s, int segment) {
    int blockTokens = limits.cache().blockTokens();
    int[][] table = kv.tables()[s.slot];
    int own = 0;
    for (int position = 0; own < s.cells[segment]; position++) {
      require(5, position < s.cells[0], "more cells in segment " + segment + " than positions");
      int entry = table[segment][position];
      if (CacheGeometry.isAlias(entry)) {
        int source = CacheGeometry.aliasSegment(entry);
        require(
            5,
            source < segment && table[source][position] == CacheGeometry.aliasCell(entry),
            "alias at position " + position);
      } else {
        int cell = s.blocks[segment][own / blockTokens] * blockTokens + own % blockTokens;
        require(5, entry == cell, "cell at position " + position);
        own++;
      }
    }
  }

  private static void require(int invariant, boolean holds, String detail) {
    if (!holds) {
      throw new IllegalStateException(
          "the scheduler's invariant " + invariant + " is broken: " + detail);
    }
  }
}
