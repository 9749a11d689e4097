package io.drex.schedule;

import io.drex.device.KvFill;
import io.drex.device.RowBatch;

/**
 * The rows of sequences at generated positions: their newest tokens, and under {@link
 * KvFill#RECOMPUTE} the pending token before the newest, which runs its deeper segments in the
 * calls that run them for the newest. A row with a pending token before it does not leave, so there
 * is never more than one.
 *
 * <p>No hidden state is copied: a sequence has two slots then, its own and one behind the prompt
 * rows' scratch, and the next row takes the one that the pending token does not lie in. Owned by
 * the scheduler's thread.
 */
final class DecodeRows {
  private final KvCells kv;
  private final boolean keepsPending;
  private final int secondSlots; // the sequence of slot s has secondSlots + s too

  DecodeRows(Limits limits, KvCells kv) {
    this.kv = kv;
    keepsPending = limits.kvFill().maxPending() > 0;
    secondSlots = limits.slots() + limits.maxPrefillTokens();
  }

  /** Adds a sequence's newest row, whose head is read, after the pending one if it is its turn. */
  void add(Sequence s, int segment, RowBatch rows) {
    int position = s.position();
    if (rowsOf(s, segment) > 1) {
      int row = addRow(s, segment, position - 1, rows);
      rows.slot[row] = otherSlot(s); // its token stays unset: it ran segment 0 before
    }
    int row = addRow(s, segment, position, rows);
    rows.token[row] = s.newestToken();
    rows.slot[row] = s.hiddenSlot;
    s.readHead(rows, row);
  }

  /** Rows that a sequence has in a call of a segment. */
  int rowsOf(Sequence s, int segment) {
    return s.isPending() && segment >= s.pendingFrom ? 2 : 1;
  }

  /**
   * Lists a row that has just left at a ramp for the filling of its deeper layers.
   *
   * @param slot where its hidden state lies
   */
  void leave(Sequence s, int segment, int position, int slot, RowBatch exited) {
    kv.skipFrom(s, segment, position);
    int row = exited.rows++;
    exited.position[row] = position;
    exited.slot[row] = slot;
    exited.table[row] = s.slot;
    if (keepsPending) {
      s.pendingFrom = segment + 1;
      s.hiddenSlot = otherSlot(s);
    }
  }

  private int addRow(Sequence s, int segment, int position, RowBatch rows) {
    int row = rows.rows++;
    rows.position[row] = position;
    rows.table[row] = s.slot;
    rows.prompt[row] = false;
    kv.appendCell(s, segment, position);
    return row;
  }

  private int otherSlot(Sequence s) {
    return s.hiddenSlot == s.slot ? secondSlots + s.slot : s.slot;
  }
}
