package io.drex.device.sim;

import io.drex.device.CacheGeometry;
import io.drex.device.RowBatch;
import io.drex.device.SequenceKey;

/**
 * Which sequence a row is of, and which of its tokens it would emit. That is kept beside the KV
 * cells of segment 0, where a device keeps what a row depends on: so it survives that prompts share
 * cells and that sequences start again.
 */
final class SequenceCells {
  /** {@link #start} of a prompt's cell. */
  private static final int PROMPT = -1;

  private final long[] key; // of the prompt so far, or of all of it; [cell], as the next
  private final int[] start; // position of the sequence's first generated token

  SequenceCells(CacheGeometry cache) {
    int cells = cache.cells(0);
    key = new long[cells];
    start = new int[cells];
  }

  /** The cell of a row's position. */
  static int cell(RowBatch rows, int row) {
    return rows.kvTable[rows.table[row]][0][rows.position[row]];
  }

  /** The cell of the position before a row's, which is not the first. */
  static int cellBefore(RowBatch rows, int row) {
    return rows.kvTable[rows.table[row]][0][rows.position[row] - 1];
  }

  /** Writes the cell of a row that runs segment 0, after those of its sequence's rows before. */
  void write(RowBatch rows, int row) {
    int position = rows.position[row];
    int cell = cell(rows, row);
    if (rows.prompt[row]) {
      long before = position == 0 ? SequenceKey.EMPTY : key[cellBefore(rows, row)];
      key[cell] = SequenceKey.extended(before, rows.token[row]);
      start[cell] = PROMPT;
    } else {
      int previous = cellBefore(rows, row);
      key[cell] = key[previous];
      start[cell] = start[previous] == PROMPT ? position : start[previous];
    }
  }

  /** The {@link SequenceKey} of a row's prompt up to the row. */
  long promptKey(RowBatch rows, int row) {
    return key[cell(rows, row)];
  }

  /** Which token of its sequence a row would emit; 0 from the prompt. */
  int token(RowBatch rows, int row) {
    int first = start[cell(rows, row)];
    return first == PROMPT ? 0 : rows.position[row] - first + 1;
  }
}
