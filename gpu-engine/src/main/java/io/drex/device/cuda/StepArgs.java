package io.drex.device.cuda;

import io.drex.device.RowBatch;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.nio.IntBuffer;

/**
 * What a call's kernels read of its rows, in one copy: {@code [rows, heads, flags, decode rows,
 * tiles, -, -, -, token[maxRows], position[maxRows], slot[maxRows], table[maxRows], entry[maxRows],
 * headRow[maxRows], tileRow[maxRows]]}. It lies at one place, so that launches can be prepared.
 *
 * <p>Rows at generated positions come before those of prompts here: an index in [0, rows) on the
 * device is not the batch's, see {@link #batchRow}. Prompt rows are cut into tiles of consecutive
 * positions of one sequence, as attention takes them together; tileRow has the first row of each.
 */
final class StepArgs {
  private static final int HEADER = 8;
  private static final int ARRAYS = 7;
  private static final int MAX_TILE = 64; // rows
  private static final int SAMPLES = 1; // flag: some head row samples, so logits are kept

  private final KernelSet kernels;
  private final int maxRows;
  private final IntBuffer host;
  private final long device;
  private final CudaDriver.Upload upload;
  private final int[] batchRow; // [row]
  private final int[] rowOf; // [row of the batch]
  private int rows;
  private int decodeRows;
  private int promptTiles;
  private int call;

  StepArgs(KernelSet kernels, DeviceMemory memory, int maxRows) {
    this.kernels = kernels;
    this.maxRows = maxRows;
    long bytes = (HEADER + (long) ARRAYS * maxRows) * Integer.BYTES;
    PinnedMemory pinned = memory.pin(bytes);
    host = pinned.bytes().asIntBuffer();
    device = memory.allocate("the rows of a call", bytes);
    upload = kernels.driver().prepareUpload(pinned, 0, device, bytes);
    batchRow = new int[maxRows];
    rowOf = new int[maxRows];
  }

  /** Starts a kernel's arguments with those that all have. */
  Arguments.List arguments() {
    return kernels.arguments().add(device).add(maxRows);
  }

  KernelSet kernels() {
    return kernels;
  }

  /** Rows that there may be. */
  int maxRows() {
    return maxRows;
  }

  /** Address of the rows' own entries, [row]. */
  long entries() {
    return device + (HEADER + 4L * maxRows) * Integer.BYTES;
  }

  /** Notes the rows and their entries in a segment. */
  void setRows(int segment, RowBatch batch) {
    rows = batch.rows;
    order(batch);
    for (int row = 0; row < rows; row++) {
      int from = batchRow[row];
      int position = batch.position[from];
      int table = batch.table[from];
      host.put(HEADER + row, batch.token[from])
          .put(HEADER + maxRows + row, position)
          .put(HEADER + 2 * maxRows + row, batch.slot[from])
          .put(HEADER + 3 * maxRows + row, table)
          .put(HEADER + 4 * maxRows + row, batch.kvTable[table][segment][position]);
    }
    cutPrompts();
    host.put(0, rows).put(1, 0).put(2, 0).put(3, decodeRows).put(4, promptTiles);
  }

  private void cutPrompts() {
    promptTiles = 0;
    int length = 0; // of the tile
    for (int row = decodeRows; row < rows; row++) {
      if (length == 0 || length == MAX_TILE || !isAfter(row - 1, row)) {
        host.put(HEADER + 6 * maxRows + promptTiles++, row);
        length = 0;
      }
      length++;
    }
  }

  private boolean isAfter(int before, int row) {
    int tables = HEADER + 3 * maxRows;
    return host.get(tables + before) == host.get(tables + row)
        && position(before) + 1 == position(row);
  }

  private void order(RowBatch batch) {
    decodeRows = 0;
    for (int from = 0; from < rows; from++) {
      decodeRows += batch.prompt[from] ? 0 : 1;
    }
    int decode = 0;
    int prompt = decodeRows;
    for (int from = 0; from < rows; from++) {
      int row = batch.prompt[from] ? prompt++ : decode++;
      batchRow[row] = from;
      rowOf[from] = row;
    }
  }

  /** Rows that were noted. */
  int rows() {
    return rows;
  }

  /** Those of them at generated positions: [0, decodeRows). */
  int decodeRows() {
    return decodeRows;
  }

  /** The other rows, at prompt positions. */
  int promptRows() {
    return rows - decodeRows;
  }

  /** Tiles of those. */
  int promptTiles() {
    return promptTiles;
  }

  /** Which row of the batch a row is. */
  int batchRow(int row) {
    return batchRow[row];
  }

  /** Position of a row in its sequence. */
  int position(int row) {
    return host.get(HEADER + maxRows + row);
  }

  /**
   * Notes which rows' heads are read, and gives the readings a number of their own.
   *
   * @param from first of {@code count} heads of the batch
   * @param samples whether one of them draws its token
   */
  void setHeads(RowBatch batch, int from, int count, boolean samples) {
    call = call == Integer.MAX_VALUE ? 1 : call + 1;
    host.put(1, count).put(2, samples ? SAMPLES : 0).put(5, call);
    for (int i = 0; i < count; i++) {
      host.put(HEADER + 5 * maxRows + i, rowOf[batch.headRow[from + i]]);
    }
  }

  /** The number of the heads that were noted; never 0. */
  int call() {
    return call;
  }

  /** Copies all of it to the device; nothing may be noted until that is done. */
  void upload() {
    kernels.driver().upload(upload);
  }
}
