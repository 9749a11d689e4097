package io.drex.schedule;

import io.drex.device.RowBatch;

/**
 * KV token tables as a device keeps them that has no access to the scheduler's: it takes over the
 * entries of a call's rows, and what {@link RowBatch#tableVersion} tells it of.
 */
final class CopiedTables {
  private final int[][][] entries; // [table][segment][position]
  private final int[] seen; // [table]
  private int[][][] source = new int[0][][];

  CopiedTables(Limits limits) {
    entries = new int[limits.slots()][limits.cache().segments()][limits.maxSequenceTokens()];
    seen = new int[limits.slots()];
  }

  int entry(int table, int segment, int position) {
    return entries[table][segment][position];
  }

  /** Takes over what a call of a segment reads. */
  void beforeSegment(int segment, RowBatch rows) {
    copyUnseen(rows);
    copyRows(segment, segment + 1, rows);
  }

  /** Takes over where rows that left find their K and V in deeper segments. */
  void beforeFill(int exitSegment, RowBatch rows) {
    copyUnseen(rows);
    copyRows(exitSegment + 1, entries[0].length, rows);
  }

  private void copyUnseen(RowBatch rows) {
    boolean isAnother = rows.kvTable != source;
    source = rows.kvTable;
    for (int row = 0; row < rows.rows; row++) {
      int table = rows.table[row];
      if (isAnother || rows.tableVersion[table] != seen[table]) {
        seen[table] = rows.tableVersion[table];
        for (int s = 0; s < entries[table].length; s++) {
          System.arraycopy(source[table][s], 0, entries[table][s], 0, rows.position[row]);
        }
      }
    }
  }

  private void copyRows(int segment, int end, RowBatch rows) {
    for (int row = 0; row < rows.rows; row++) {
      int table = rows.table[row];
      int position = rows.position[row];
      for (int s = segment; s < end; s++) {
        entries[table][s][position] = source[table][s][position];
      }
    }
  }
}
