package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;

/**
 * Attention of rows at generated positions. All their chunks of 256 positions are shared out over
 * the GPU's multiprocessors, and then merged row by row, in order: a long row takes no longer than
 * many short ones, and the order of a row's sums is its own. The list of chunks is made on the
 * device, so that launches are the same whatever the rows' lengths.
 *
 * <p>Sums of chunks lie in memory between the two kernels. Where there is not enough for all chunks
 * of a call, its rows are taken in rounds.
 */
final class DecodeAttention {
  private static final int CHUNK = 256; // positions
  private static final int PLAN_HEADER = 4; // words
  private static final int PLAN_THREADS = 256;
  private static final int THREADS = 128;
  private static final int BLOCKS_PER_MULTIPROCESSOR = 3; // that the split kernel is made for
  private static final int ALL = Integer.MAX_VALUE; // rows

  // Arguments of attn_plan that change from round to round.
  private static final int FIRST_ROW = 3;
  private static final int END_ROW = 4;

  private final CudaDriver driver;
  private final Places at;
  private final long chunks; // that there is memory for
  private final long plan;
  private final long partial;
  private final long stats;
  private final int blocks;
  private final Arguments.List planList;
  private final CudaDriver.Launch planning;
  private final CudaDriver.Launch merge;

  private final int[] roundEnd; // [round], one past its last row
  private int rounds; // of the call
  private int gridRows; // that merging is launched for, if there is one round

  DecodeAttention(Setup setup, Places at) {
    StepArgs step = at.step();
    driver = step.kernels().driver();
    this.at = at;
    chunks = chunks(setup);
    int heads = at.spec().heads();
    int headDim = at.spec().headDim();
    DeviceMemory memory = setup.memory();
    long words = PLAN_HEADER + step.maxRows() + chunks;
    plan = memory.allocate("attention", words * Integer.BYTES);
    partial = memory.allocate("attention", chunks * heads * headDim * Float.BYTES);
    stats = memory.allocate("attention", chunks * heads * 2 * Float.BYTES);
    blocks = driver.multiprocessors() * BLOCKS_PER_MULTIPROCESSOR;
    roundEnd = new int[step.maxRows()];
    planList = step.arguments().add(plan).add(0).add(ALL);
    planning = step.kernels().prepare("attn_plan", PLAN_THREADS, planList);
    merge =
        step.kernels()
            .prepare(
                "attn_merge",
                THREADS,
                step.arguments()
                    .add(partial)
                    .add(stats)
                    .add(plan)
                    .add(at.attended())
                    .add(at.attendedStride())
                    .add(heads)
                    .add(headDim));
  }

  /**
   * Chunks of all sequences at their longest, or of a cache whose cells no two sequences share:
   * whatever is less, but at least those of one row.
   */
  private static long chunks(Setup setup) {
    long longest = (setup.options().maxSequenceTokens() + CHUNK - 1) / CHUNK;
    long slots = setup.options().slots();
    long ofCache = setup.options().cache().cells(0) / CHUNK + slots;
    return Math.max(longest, Math.min(slots * longest, ofCache));
  }

  /** Prepares a layer's part. */
  CudaDriver.Launch prepare(int layer, long tables) {
    Arguments.List list =
        at.step().arguments().add(at.qkv()).add(at.qkvStride()).add(partial).add(stats).add(plan);
    String kernel = "attn_split_" + at.headsPerLoad();
    return at.step().kernels().prepare(kernel, THREADS, at.addCache(list, layer, tables));
  }

  /** Shares out the rows that the step's arguments note into rounds. */
  void begin() {
    StepArgs step = at.step();
    rounds = 0;
    gridRows = step.decodeRows();
    long taken = 0;
    for (int row = 0; row < step.decodeRows(); row++) {
      int ofRow = step.position(row) / CHUNK + 1;
      if (row == 0 || taken + ofRow > chunks) {
        rounds++;
        taken = 0;
      }
      taken += ofRow;
      roundEnd[rounds - 1] = row + 1;
    }
  }

  /** Whether all rows are taken in one round, so that launches do not depend on their lengths. */
  boolean isOneRound() {
    return rounds == 1;
  }

  /** Launches for so many rows, if there is one round. */
  void widen(int rows) {
    gridRows = rows;
  }

  /** Makes the list of chunks, if all rows are taken in one round; before the first layer. */
  void plan() {
    if (rounds == 1) {
      plan(0, ALL);
    }
  }

  private void plan(int firstRow, int endRow) {
    planList.set(FIRST_ROW, firstRow);
    planList.set(END_ROW, endRow);
    driver.launch(planning, 1, 1);
  }

  /** Runs what {@link #prepare} prepared. */
  void run(CudaDriver.Launch split) {
    int heads = at.spec().heads();
    if (rounds == 1) {
      driver.launch(split, blocks, 1);
      driver.launch(merge, gridRows, heads);
      return;
    }
    int first = 0;
    for (int round = 0; round < rounds; round++) {
      int end = roundEnd[round];
      plan(first, end);
      driver.launch(split, blocks, 1);
      driver.launch(merge, end - first, heads);
      first = end;
    }
  }
}
