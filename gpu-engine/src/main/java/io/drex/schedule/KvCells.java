package io.drex.schedule;

import io.drex.device.CacheGeometry;
import io.drex.device.KvFill;

/**
 * The KV cells of all sequences, segment by segment, and the token tables that name them.
 *
 * <p>A sequence's cells of a segment are a dense list: a token that left before the segment takes
 * none there under {@link KvFill#MAP}, and none yet while it is pending. Blocks are taken one by
 * one as the list grows. The worst case is reserved at admission, in numbers only, so that a
 * sequence that was admitted never runs out. Owned by the scheduler's thread.
 */
final class KvCells {
  private final CacheGeometry cache;
  private final KvFill kvFill;
  private final IdPool[] pools; // [segment]
  private final int[] layers; // [segment]
  private final int modelLayers;
  private final int[][][] tables; // [slot][segment][position]
  private int reservedBlocks;
  private long heldTokenLayers;
  private long peakHeldTokenLayers;
  private long plainTokenLayersAtPeak;

  /**
   * @param depths layers run after each segment. [segment]
   */
  KvCells(Limits limits, int[] depths) {
    cache = limits.cache();
    kvFill = limits.kvFill();
    int segments = cache.segments();
    pools = new IdPool[segments];
    layers = new int[segments];
    for (int s = 0; s < segments; s++) {
      pools[s] = new IdPool("KV block of segment " + s, cache.blocksPerSegment());
      layers[s] = depths[s] - (s == 0 ? 0 : depths[s - 1]);
    }
    modelLayers = depths[segments - 1];
    tables = new int[limits.slots()][segments][limits.maxSequenceTokens()];
  }

  int[][][] tables() {
    return tables;
  }

  IdPool pool(int segment) {
    return pools[segment];
  }

  int reservedBlocks() {
    return reservedBlocks;
  }

  boolean canReserve(int positions) {
    return reservedBlocks + cache.blocksFor(positions) <= cache.blocksPerSegment();
  }

  void reserve(Sequence sequence, int positions) {
    int blocks = cache.blocksFor(positions);
    reservedBlocks += blocks;
    sequence.reservedBlocks = blocks;
    sequence.blocks = new int[cache.segments()][blocks];
    sequence.cells = new int[cache.segments()];
  }

  /** Gives back the reservation and all blocks. */
  void release(Sequence sequence) {
    empty(sequence);
    reservedBlocks -= sequence.reservedBlocks;
    sequence.reservedBlocks = 0;
  }

  /** Gives back all blocks and keeps the reservation. */
  void empty(Sequence sequence) {
    for (int s = 0; s < pools.length; s++) {
      int blocks = cache.blocksFor(sequence.cells[s]);
      for (int k = 0; k < blocks; k++) {
        pools[s].give(sequence.blocks[s][k]);
      }
      heldTokenLayers -= (long) blocks * cache.blockTokens() * layers[s];
      sequence.cells[s] = 0;
    }
  }

  /** Takes the next cell of a segment for a position that is about to run there. */
  void appendCell(Sequence sequence, int segment, int position) {
    int k = sequence.cells[segment]++;
    int block = k / cache.blockTokens();
    if (k % cache.blockTokens() == 0) {
      sequence.blocks[segment][block] = pools[segment].take();
      hold(segment);
    }
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

  /** Most cells held at once, each times the layers of its segment. */
  long peakHeldTokenLayers() {
    return peakHeldTokenLayers;
  }

  /** The same of a cache without early exits at the moment of that peak. */
  long plainTokenLayersAtPeak() {
    return plainTokenLayersAtPeak;
  }

  private void hold(int segment) {
    heldTokenLayers += (long) cache.blockTokens() * layers[segment];
    if (heldTokenLayers > peakHeldTokenLayers) {
      peakHeldTokenLayers = heldTokenLayers;
      // Every token runs segment 0, so a plain cache would hold its blocks in all layers.
      plainTokenLayersAtPeak = (long) pools[0].taken() * cache.blockTokens() * modelLayers;
    }
  }
}
