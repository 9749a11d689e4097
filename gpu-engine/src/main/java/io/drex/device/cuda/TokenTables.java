package io.drex.device.cuda;

import io.drex.device.RowBatch;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.nio.IntBuffer;

/**
 * The KV token tables on the device, int32 [segment][table][position]. They follow the scheduler's
 * by the entries of each call's rows, and by what {@link RowBatch#tableVersion} tells.
 */
final class TokenTables {
  private static final int THREADS = 256;

  private final CudaDriver driver;
  private final int segments;
  private final int tables;
  private final int positions;
  private final long device;
  private final PinnedMemory staging; // [segment][position] of one table
  private final IntBuffer staged;
  private final int[] seen; // [table], the version last followed
  private int[][][] source = new int[0][][]; // the tables last followed

  /**
   * @param tables sequences alive at once
   * @param positions longest sequence
   */
  TokenTables(CudaDriver driver, DeviceMemory memory, int segments, int tables, int positions) {
    this.driver = driver;
    this.segments = segments;
    this.tables = tables;
    this.positions = positions;
    device = memory.allocate("token tables", segments * segmentBytes());
    staging = memory.pin((long) segments * positions * Integer.BYTES);
    staged = staging.bytes().asIntBuffer();
    seen = new int[tables];
  }

  private long segmentBytes() {
    return (long) tables * positions * Integer.BYTES;
  }

  /** Address of a segment's tables. */
  long of(int segment) {
    return device + segment * segmentBytes();
  }

  /** Entries between a table of one segment and the same of the next. */
  long segmentStride() {
    return (long) tables * positions;
  }

  /** Entries of a table in one segment. */
  int positions() {
    return positions;
  }

  /**
   * Prepares taking over the rows' own entries in a segment.
   *
   * @param entries address, [row]
   */
  CudaDriver.Launch prepareEntries(StepArgs step, int segment, long entries) {
    return step.kernels()
        .prepare(
            "kv_entries", THREADS, step.arguments().add(entries).add(of(segment)).add(positions));
  }

  /** Runs what {@link #prepareEntries} prepared. */
  void takeOver(CudaDriver.Launch entries, int rows) {
    driver.launch(entries, (rows + THREADS - 1) / THREADS, 1);
  }

  /** Takes over entries that were set without rows; waits for the device where there are any. */
  void follow(RowBatch rows) {
    if (rows.kvTable != source) {
      source = rows.kvTable;
      for (int table = 0; table < rows.tableVersion.length; table++) {
        seen[table] = ~rows.tableVersion[table];
      }
    }
    for (int row = 0; row < rows.rows; row++) {
      int table = rows.table[row];
      if (rows.tableVersion[table] != seen[table]) {
        copy(rows.kvTable[table], table, rows.position[row]);
        seen[table] = rows.tableVersion[table];
      }
    }
  }

  /**
   * @param entries [segment][position]
   */
  private void copy(int[][] entries, int table, int count) {
    if (count == 0) {
      return;
    }
    for (int s = 0; s < segments; s++) {
      staged.put(s * positions, entries[s], 0, count);
      driver.upload(
          driver.prepareUpload(
              staging,
              (long) s * positions * Integer.BYTES,
              of(s) + (long) table * positions * Integer.BYTES,
              (long) count * Integer.BYTES));
    }
    driver.finish(); // before the staging memory is filled again
  }
}
