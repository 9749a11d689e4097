package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;

/**
 * The KV cells of all sequences, segment by segment, and the token tables that name them.
 *
 * <p>A sequence's cells of a segment are a dense list: a token that left before the segment takes
 * none there under {@link KvFill#MAP}, and none yet while it is pending. Blocks are taken one by
 * one as the list grows; whoever plans a call sees to it beforehand that there are enough. Beside
 * the blocks taken, it counts those that the sequences alive are expected to hold in the end:
 * admission goes by them. Owned by the scheduler's thread.
 */
final class KvCells {
  private final CacheGeometry cache;
  private final KvFill kvFill;
  private final IdPool[] pools; // [segment]
  private final int[] expected; // [segment], blocks that those alive will hold, or hold by now
  private final int[] layers; // [segment]
  private final int modelLayers;
  private final int[][][] tables; // [slot][segment][position]
  private final int[] tableVersions; // [slot], see RowBatch.tableVersion
  private final Prefixes prefixes;
  private long sharedPromptRows;
  private long heldTokenLayers; // of blocks
  private long usedTokenLayers; // of the cells in use
  private long peakHeldTokenLayers;
  private long usedTokenLayersAtPeak;
  private long plainTokenLayersAtPeak;

  /**
   * @param depths layers run after each segment. [segment]
   */
  KvCells(Limits limits, int[] depths) {
    cache = limits.cache();
    kvFill = limits.kvFill();
    int segments = cache.segments();
    pools = new IdPool[segments];
    expected = new int[segments];
    layers = new int[segments];
    for (int s = 0; s < segments; s++) {
      pools[s] = new IdPool("KV block of segment " + s, cache.blocks(s));
      layers[s] = depths[s] - (s == 0 ? 0 : depths[s - 1]);
    }
    modelLayers = depths[segments - 1];
    prefixes = new Prefixes(limits);
    tables = new int[limits.slots()][segments][limits.maxSequenceTokens()];
    tableVersions = new int[limits.slots()];
  }

  int[][][] tables() {
    return tables;
  }

  /** A batch of rows whose K and V lie where the tables say. */
  RowBatch rows(int maxRows) {
    return new RowBatch(maxRows, tables, tableVersions);
  }

  IdPool pool(int segment) {
    return pools[segment];
  }

  Prefixes prefixes() {
    return prefixes;
  }

  /** Blocks of a segment that can be taken, some of them from prefixes that nobody uses. */
  int available(int segment) {
    return pools[segment].available() + prefixes.tree().unused();
  }

  /** Blocks of a segment that the sequences alive are expected to hold in the end. */
  int expectedBlocks(int segment) {
    return expected[segment] + prefixes.tree().used();
  }

  /** Whether what a sequence is expected to hold fits beside what the others are. */
  boolean hasRoomFor(Sequence sequence) {
    for (int s = 0; s < pools.length; s++) {
      if (expectedBlocks(s) + sequence.expectedBlocks[s] > cache.blocks(s)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Counts on what a sequence is expected to hold.
   *
   * @param positions most that it may run
   */
  void admit(Sequence sequence, int positions) {
    for (int s = 0; s < pools.length; s++) {
      expected[s] += sequence.expectedBlocks[s];
    }
    if (sequence.blocks.length == 0) {
      sequence.blocks = new int[cache.segments()][cache.blocksFor(positions)];
      sequence.cells = new int[cache.segments()];
    }
    prefixes.admit(sequence);
  }

  /** Gives back all blocks, and counts on the sequence no more. */
  void release(Sequence sequence) {
    for (int s = 0; s < pools.length; s++) {
      expected[s] -= counted(sequence, s);
    }
    giveBlocks(sequence);
  }

  /** Gives back all blocks of a sequence that is to run again from its start. */
  void empty(Sequence sequence) {
    for (int s = 0; s < pools.length; s++) {
      expected[s] -= counted(sequence, s) - sequence.expectedBlocks[s];
    }
    giveBlocks(sequence);
  }

  /**
   * Blocks of its own that a sequence counts for: those it is expected to hold, or more if it does.
   */
  int counted(Sequence sequence, int segment) {
    int held = cache.blocksFor(sequence.cells[segment]);
    return Math.max(sequence.expectedBlocks[segment], held) - sequence.sharedBlocks;
  }

  /** Lets a sequence use what others computed of its prompt, where it has got to. */
  void useShared(Sequence sequence) {
    if (sequence.prefilled != sequence.sharedBlocks * cache.blockTokens()) {
      return;
    }
    int used = prefixes.tree().used();
    while (prefixes.findNext(sequence)) {
      tableVersions[sequence.slot]++;
      int k = sequence.sharedBlocks - 1;
      for (int s = 0; s < pools.length; s++) {
        expected[s]--;
        int block = prefixes.tree().block(s, sequence.prefixNodes[k]);
        sequence.blocks[s][k] = block;
        for (int i = 0; i < cache.blockTokens(); i++) {
          tables[sequence.slot][s][sequence.cells[s]++] = block * cache.blockTokens() + i;
        }
      }
    }
    holdShared(prefixes.tree().used() - used);
    int shared = sequence.sharedBlocks * cache.blockTokens();
    sharedPromptRows += shared - sequence.prefilled;
    sequence.foundPositions += shared - sequence.prefilled;
    sequence.prefilled = shared;
  }

  /** Lets others use what a sequence has computed of its prompt. */
  void share(Sequence sequence) {
    while (prefixes.shareNext(sequence)) {
      for (int s = 0; s < pools.length; s++) {
        expected[s]--;
      }
    }
  }

  private void giveBlocks(Sequence sequence) {
    for (int s = 0; s < pools.length; s++) {
      int blocks = cache.blocksFor(sequence.cells[s]);
      for (int k = sequence.sharedBlocks; k < blocks; k++) {
        pools[s].give(sequence.blocks[s][k]);
      }
      hold(layers[s], sequence.sharedBlocks - blocks);
      int shared = sequence.sharedBlocks * cache.blockTokens();
      usedTokenLayers -= (long) (sequence.cells[s] - shared) * layers[s];
      sequence.cells[s] = 0;
    }
    int used = prefixes.tree().used();
    prefixes.leave(sequence);
    holdShared(prefixes.tree().used() - used);
  }

  /** Whether rows that leave before a segment take a cell there all the same. */
  boolean fillsCells() {
    return kvFill.fillsSkippedCells();
  }

  /**
   * Blocks of a segment that a call's rows of one sequence take, by running there or by leaving
   * before it.
   *
   * @param rows of the sequence in the call
   * @param end one past the last row's position
   */
  int blocksFor(Sequence sequence, int segment, int rows, int end) {
    int cells = sequence.cells[segment];
    int then = fillsCells() ? Math.max(cells, end) : cells + rows;
    return cache.blocksFor(then) - cache.blocksFor(cells);
  }

  /** Gives a position that is about to run in a segment its cell there. */
  void appendCell(Sequence sequence, int segment, int position) {
    if (!fillsCells()) {
      append(sequence, segment, position);
      return;
    }
    // Every position has a cell in every segment, so they lie in order even where a row of a chunk
    // leaves before others that go on.
    while (sequence.cells[segment] <= position) {
      append(sequence, segment, sequence.cells[segment]);
    }
  }

  private void append(Sequence sequence, int segment, int position) {
    int k = sequence.cells[segment];
    int block = k / cache.blockTokens();
    if (k % cache.blockTokens() == 0) {
      if (pools[segment].available() == 0) {
        prefixes.tree().evict(pools);
      }
      sequence.blocks[segment][block] = pools[segment].take();
      expected[segment] += block >= sequence.expectedBlocks[segment] ? 1 : 0;
      hold(layers[segment], 1);
    }
    sequence.cells[segment]++;
    usedTokenLayers += layers[segment];
    tables[sequence.slot][segment][position] =
        sequence.blocks[segment][block] * cache.blockTokens() + k % cache.blockTokens();
  }

  /** Says where the segments after {@code segment} find a position that left there. */
  void skipFrom(Sequence sequence, int segment, int position) {
    int[][] table = tables[sequence.slot];
    for (int s = segment + 1; s < pools.length; s++) {
      switch (kvFill) {
        case MAP -> table[s][position] = CacheGeometry.alias(segment, table[segment][position]);
        case COPY, PROPAGATE -> appendCell(sequence, s, position);
        case RECOMPUTE -> {
          // It takes its cells when it runs there, beside the sequence's next row.
        }
      }
    }
  }

  /** Prompt positions that did not run, because their blocks had been computed. */
  long sharedPromptRows() {
    return sharedPromptRows;
  }

  /** Most cells in blocks held at once, each times the layers of its segment. */
  long peakHeldTokenLayers() {
    return peakHeldTokenLayers;
  }

  /** The same of the cells that were in use at the moment of that peak. */
  long usedTokenLayersAtPeak() {
    return usedTokenLayersAtPeak;
  }

  /** The same of a cache without early exits at the moment of that peak. */
  long plainTokenLayersAtPeak() {
    return plainTokenLayersAtPeak;
  }

  /** Counts blocks of prefixes that came into use, or went out of it if negative. */
  private void holdShared(int blocks) {
    usedTokenLayers += (long) blocks * cache.blockTokens() * modelLayers;
    hold(modelLayers, blocks);
  }

  /** Counts blocks that are held, or no more if negative, of so many layers. */
  private void hold(int ofLayers, int blocks) {
    heldTokenLayers += (long) blocks * cache.blockTokens() * ofLayers;
    if (heldTokenLayers > peakHeldTokenLayers) {
      peakHeldTokenLayers = heldTokenLayers;
      usedTokenLayersAtPeak = usedTokenLayers;
      // Every token runs segment 0, so a plain cache would hold its blocks in all layers.
      int held = pools[0].taken() - prefixes.tree().unused();
      plainTokenLayersAtPeak = (long) held * cache.blockTokens() * modelLayers;
    }
  }
}
