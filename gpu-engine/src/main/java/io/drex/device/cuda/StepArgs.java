package io.drex.device.cuda;

import io.drex.device.RowBatch;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.nio.IntBuffer;

/**
 * What a call's kernels read of its rows, in one copy: {@code [rows, heads, longest context, flags,
 * token[maxRows], position[maxRows], slot[maxRows], table[maxRows], entry[maxRows],
 * headRow[maxRows]]}. It lies at one place, so that launches can be prepared.
 */
final class StepArgs {
  private static final int HEADER = 4;
  private static final int ARRAYS = 6;
  private static final int SAMPLES = 1; // flag: some head row samples, so logits are kept

  private final KernelSet kernels;
  private final int maxRows;
  private final IntBuffer host;
  private final long device;
  private final CudaDriver.Upload upload;

  StepArgs(KernelSet kernels, DeviceMemory memory, int maxRows) {
    this.kernels = kernels;
    this.maxRows = maxRows;
    long bytes = (HEADER + (long) ARRAYS * maxRows) * Integer.BYTES;
    PinnedMemory pinned = memory.pin(bytes);
    host = pinned.bytes().asIntBuffer();
    device = memory.allocate("the rows of a call", bytes);
    upload = kernels.driver().prepareUpload(pinned, 0, device, bytes);
  }

  /** Starts a kernel's arguments with those that all have. */
  Arguments.List arguments() {
    return kernels.arguments().add(device).add(maxRows);
  }

  KernelSet kernels() {
    return kernels;
  }

  /** Address of the rows' own entries, [row]. */
  long entries() {
    return device + (HEADER + 4L * maxRows) * Integer.BYTES;
  }

  /** Notes the rows and their entries in a segment. */
  void setRows(int segment, RowBatch rows) {
    int longest = 0;
    for (int row = 0; row < rows.rows; row++) {
      int position = rows.position[row];
      longest = Math.max(longest, position + 1);
      int entry = rows.kvTable[rows.table[row]][segment][position];
      host.put(HEADER + 4 * maxRows + row, entry);
    }
    host.put(0, rows.rows).put(1, 0).put(2, longest).put(3, 0);
    host.put(HEADER, rows.token, 0, rows.rows);
    host.put(HEADER + maxRows, rows.position, 0, rows.rows);
    host.put(HEADER + 2 * maxRows, rows.slot, 0, rows.rows);
    host.put(HEADER + 3 * maxRows, rows.table, 0, rows.rows);
  }

  /**
   * Notes which rows' heads are read.
   *
   * @param from first of {@code count} heads of the batch
   * @param samples whether one of them draws its token
   */
  void setHeads(RowBatch rows, int from, int count, boolean samples) {
    host.put(1, count).put(3, samples ? SAMPLES : 0);
    host.put(HEADER + 5 * maxRows, rows.headRow, from, count);
  }

  /** Copies all of it to the device; nothing may be noted until that is done. */
  void upload() {
    kernels.driver().upload(upload);
  }
}
