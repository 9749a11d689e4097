package io.drex.schedule;

import io.drex.device.RowBatch;
import org.jspecify.annotations.Nullable;

/**
 * The prompt rows that cross the model together, one segment a step: spans of one or several
 * sequences, [chunkStart, chunkEnd) of each. Owned by the scheduler's thread.
 */
final class PromptChunk {
  private final Limits limits;
  private final KvCells kv;
  private final SequenceQueue members = new SequenceQueue("prompt chunk");
  private int segment;

  PromptChunk(Limits limits, KvCells kv) {
    this.limits = limits;
    this.kv = kv;
  }

  boolean isEmpty() {
    return members.isEmpty();
  }

  SequenceQueue members() {
    return members;
  }

  /** The segment that it runs next. */
  int segment() {
    return segment;
  }

  void advance() {
    segment++;
  }

  /** Takes as many prompt positions as one step may run, in the order of the queue. */
  void fill(SequenceQueue prefilling) {
    segment = 0;
    int room = limits.maxPrefillTokens();
    int slot = limits.slots();
    for (Sequence next; room > 0 && (next = prefilling.poll()) != null; ) {
      next.chunkStart = next.prefilled;
      next.chunkEnd = Math.min(next.prompt.length, next.prefilled + room);
      next.chunkSlot = slot;
      room -= next.chunkEnd - next.chunkStart;
      slot += next.chunkEnd - next.chunkStart;
      members.add(next);
    }
  }

  /** Adds the chunk's rows; after the last segment the ends of prompts have their head read. */
  void plan(RowBatch rows) {
    boolean last = segment == limits.cache().segments() - 1;
    for (@Nullable Sequence s = members.peek(); s != null; s = s.next) {
      for (int p = s.chunkStart; p < s.chunkEnd; p++) {
        int row = rows.rows++;
        rows.token[row] = s.prompt[p];
        rows.position[row] = p;
        rows.slot[row] = s.chunkSlot + p - s.chunkStart;
        rows.table[row] = s.slot;
        rows.prompt[row] = true;
        kv.appendCell(s, segment, p);
      }
      if (last && endsPrompt(s)) {
        rows.headRow[rows.heads++] = rows.rows - 1;
      }
    }
  }

  static boolean endsPrompt(Sequence member) {
    return member.chunkEnd == member.prompt.length;
  }
}
