package io.drex.schedule;

import io.drex.device.RowBatch;

/**
 * One device call, from its planning until what its heads read was applied; used again for every
 * call. Owned by the scheduler's thread.
 */
final class Call {
  /** Rows of the chunk, then decode rows. */
  final RowBatch rows;

  /** Of the rows that were applied, those that left at the ramp and whose sequences live on. */
  final RowBatch exited;

  private int segment;
  private int decodeRows;
  private long contextTokens;
  private boolean isPlanned;

  /**
   * @param kv where rows find their K and V
   */
  Call(int maxRows, KvCells kv) {
    rows = kv.rows(maxRows);
    exited = kv.rows(maxRows);
  }

  int segment() {
    return segment;
  }

  int decodeRows() {
    return decodeRows;
  }

  /** Positions that the decode rows attend to, summed over the rows. */
  long contextTokens() {
    return contextTokens;
  }

  /** Starts anew, without rows. */
  void turnTo(int newSegment) {
    segment = newSegment;
    rows.clear();
  }

  /** Its rows are complete; those from {@code chunkRows} on are decode rows. */
  void complete(int chunkRows) {
    decodeRows = rows.rows - chunkRows;
    contextTokens = 0;
    for (int row = chunkRows; row < rows.rows; row++) {
      contextTokens += rows.position[row] + 1;
    }
  }

  /** From now on the device may run it. */
  void begin() {
    isPlanned = true;
  }

  /** The device ran it, or failed to. */
  void end() {
    requirePlanned();
    isPlanned = false;
    exited.clear();
  }

  void requirePlanned() {
    if (!isPlanned) {
      throw new IllegalStateException("no call is planned");
    }
  }

  void requireEnded() {
    if (isPlanned) {
      throw new IllegalStateException("a planned call was neither applied nor restarted");
    }
  }
}
