package io.drex.device.cpu.kernel;

/**
 * Neighbouring rows of a call that hold neighbouring positions of one sequence, and the KV heads
 * that are wanted of them. Row {@code firstRow + i} attends to the positions [0, context + i).
 * Mutable and reused; owned by the thread that sets it.
 */
public final class AttentionTile {
  int firstRow;
  int rows;
  int context;
  int firstKvHead;
  int kvHeadStep;

  /**
   * Sets the rows.
   *
   * @param count rows from {@code first} on, at most {@link AttentionShape#rowsPerTile}
   * @param firstContext positions that the first row attends to, its own included
   */
  public void setRows(int first, int count, int firstContext) {
    firstRow = first;
    rows = count;
    context = firstContext;
  }

  /** Sets the KV heads: {@code first}, and every {@code step}-th after it. */
  public void setKvHeads(int first, int step) {
    firstKvHead = first;
    kvHeadStep = step;
  }

  /** Positions that the last row attends to. */
  int longestContext() {
    return context + rows - 1;
  }
}
