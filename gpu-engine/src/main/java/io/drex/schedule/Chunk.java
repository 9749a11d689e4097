package io.drex.schedule;

import io.drex.device.RowBatch;
import org.jspecify.annotations.Nullable;

/**
 * The rows of known tokens that cross the model together, one segment a step: spans of one or
 * several sequences, [chunkStart, chunkEnd) of each. They are prompt positions, which run all
 * layers, and after a sequence lost its KV also its generated positions, which run as deep as they
 * did before. Owned by the scheduler's thread.
 */
final class Chunk {
  private final Limits limits;
  private final KvCells kv;
  private final Replay replay;
  private final SequenceQueue members = new SequenceQueue("chunk");
  private int segment;

  Chunk(Limits limits, KvCells kv, Replay replay) {
    this.limits = limits;
    this.kv = kv;
    this.replay = replay;
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

  boolean isAtLastSegment() {
    return segment == replay.segments() - 1;
  }

  void advance() {
    segment++;
  }

  /**
   * Takes known positions in the order of the queue.
   *
   * @param mostRows as many as one step may run
   */
  void fill(SequenceQueue prefilling, int mostRows) {
    segment = 0;
    int room = mostRows;
    int slot = limits.slots();
    for (Sequence next; room > 0 && (next = prefilling.peek()) != null; ) {
      kv.useShared(next);
      if (kv.prefixes().isOnItsWay(next, members)) {
        return; // it starts behind what this chunk computes for it
      }
      prefilling.remove(next);
      next.chunkStart = next.prefilled;
      next.chunkEnd = Math.min(next.knownPositions(), next.prefilled + room);
      next.chunkSlot = slot;
      room -= next.chunkEnd - next.chunkStart;
      slot += next.chunkEnd - next.chunkStart;
      members.add(next);
    }
  }

  /** Rows that a member has at the chunk's segment. */
  int rowsOf(Sequence member) {
    int rows = 0;
    for (int p = member.chunkStart; p < member.chunkEnd; p++) {
      rows += replay.runs(member, p, segment) ? 1 : 0;
    }
    return rows;
  }

  /** Adds the chunk's rows; after the last segment the ends of new prompts have their head read. */
  void plan(RowBatch rows) {
    for (@Nullable Sequence s = members.peek(); s != null; s = s.next) {
      for (int p = s.chunkStart; p < s.chunkEnd; p++) {
        if (replay.runs(s, p, segment)) {
          int row = rows.rows++;
          rows.token[row] = s.tokenAt(p);
          rows.position[row] = p;
          rows.slot[row] = slotOf(s, p);
          rows.table[row] = s.slot;
          rows.prompt[row] = s.isPrompt(p);
          kv.appendCell(s, segment, p);
        }
      }
      if (isAtLastSegment() && emits(s)) {
        s.readHead(rows, rows.rows - 1);
      }
    }
  }

  /** Rows, of those just planned, whose positions had run before their sequences lost their KV. */
  int rowsRunBefore() {
    int rows = 0;
    for (@Nullable Sequence s = members.peek(); s != null; s = s.next) {
      rows += Math.max(0, Math.min(s.chunkEnd, s.ranBefore) - s.chunkStart);
    }
    return rows;
  }

  /** Lists the rows that leave at the ramp after the chunk's segment, as they did before. */
  void leave(DecodeRows decoding, RowBatch exited) {
    for (@Nullable Sequence s = members.peek(); s != null; s = s.next) {
      for (int p = Math.max(s.chunkStart, s.prompt.length); p < s.chunkEnd; p++) {
        if (replay.leaves(s, p, segment)) {
          decoding.leave(s, segment, p, slotOf(s, p), exited);
        }
      }
    }
  }

  /** Scratch, but for a token that is pending then: its state is kept until the next row. */
  private int slotOf(Sequence s, int position) {
    boolean isKept = !s.isPrompt(position) && replay.isPending(s, position);
    return isKept ? s.hiddenSlot : s.chunkSlot + position - s.chunkStart;
  }

  /** Whether the chunk runs the end of a prompt that has no token yet. */
  static boolean emits(Sequence member) {
    return member.tokenCount() == 0 && member.chunkEnd == member.prompt.length;
  }
}
