package io.drex.device.cuda;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;

/** The rows of one call as kernels read them, in random slots and tables; all else is poisoned. */
final class StepBuilder {
  private static final int POISON = 0xCDCDCDCD;
  private static final int HEADER = 8;

  final int maxRows;
  final int rows;
  final int heads;
  final int[] token;
  final int[] position;
  final int[] slot;
  final int[] table;
  final int[] entry;
  final int[] headRow;
  int flags;

  /** Rows at generated positions; all, unless a test says so. */
  int decodeRows;

  int mostOfATile = 64;

  private StepBuilder(int maxRows, int rows, int heads) {
    this.maxRows = maxRows;
    this.rows = rows;
    this.heads = heads;
    token = new int[rows];
    position = new int[rows];
    slot = new int[rows];
    table = new int[rows];
    entry = new int[rows];
    headRow = new int[heads];
    decodeRows = rows;
  }

  /**
   * Rows in distinct slots, each of a table of its own, of which some are head rows.
   *
   * @param slots at least {@code rows}
   */
  static StepBuilder random(Random random, int maxRows, int rows, int slots) {
    StepBuilder step = new StepBuilder(maxRows, rows, random.nextInt(rows) + 1);
    int[] order = shuffled(random, slots);
    System.arraycopy(order, 0, step.slot, 0, rows);
    System.arraycopy(shuffled(random, rows), 0, step.table, 0, rows);
    int[] heads = shuffled(random, rows);
    System.arraycopy(heads, 0, step.headRow, 0, step.heads);
    Arrays.sort(step.headRow);
    return step;
  }

  private static int[] shuffled(Random random, int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Slot of a head row. */
  int headSlot(int head) {
    return slot[headRow[head]];
  }

  DeviceArray upload(TestGpu gpu) {
    int[] words = new int[HEADER + 7 * maxRows];
    Arrays.fill(words, POISON);
    words[0] = rows;
    words[1] = heads;
    words[2] = flags;
    words[3] = decodeRows;
    int[] tileRow = tiles();
    words[4] = tileRow.length;
    int[][] arrays = {token, position, slot, table, entry, headRow, tileRow};
    for (int i = 0; i < arrays.length; i++) {
      System.arraycopy(arrays[i], 0, words, HEADER + i * maxRows, arrays[i].length);
    }
    return gpu.ints(words);
  }

  /** First rows of runs of prompt positions, of at most {@link #mostOfATile}. */
  private int[] tiles() {
    return IntStream.range(decodeRows, rows)
        .filter(
            row ->
                row == decodeRows
                    || (row - decodeRows) % mostOfATile == 0
                    || table[row] != table[row - 1]
                    || position[row] != position[row - 1] + 1)
        .toArray();
  }
}
