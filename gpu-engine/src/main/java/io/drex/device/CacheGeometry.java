package io.drex.device;

/**
 * How the KV cache is cut, and the entries of a KV token table.
 *
 * <p>Each segment has a pool of blocks of its own; a block holds {@code blockTokens} cells, and a
 * cell is the K and V of one token in every layer of the segment. Cell c lies in block c /
 * blockTokens.
 *
 * <p>A KV token table maps a position to an entry. An entry ≥ 0 is a cell of the table's own
 * segment. An entry &lt; 0 is an alias: the cell of an earlier segment, of which the last layer is
 * read by every layer of the table's segment.
 *
 * @param segments ramps + 1
 * @param blockTokens cells per block
 * @param firstBlocks blocks in the pool of segment 0, which every token runs
 * @param deepBlocks blocks in the pool of each other segment, which tokens that leave early need
 *     not run; at most {@code firstBlocks}
 */
public record CacheGeometry(int segments, int blockTokens, int firstBlocks, int deepBlocks) {
  /** Cells of a block as usual: few, since a sequence leaves half a block unused on average. */
  public static final int USUAL_BLOCK_TOKENS = 16;

  /** Most segments; an alias has six bits for one. */
  public static final int MAX_SEGMENTS = 64;

  /** Bits of an alias that hold the cell. */
  private static final int CELL_BITS = 24;

  private static final int CELL_MASK = (1 << CELL_BITS) - 1;

  public CacheGeometry {
    if (segments < 1 || segments > MAX_SEGMENTS) {
      throw new IllegalArgumentException(
          "segments must be in [1, " + MAX_SEGMENTS + "], not " + segments);
    }
    if (blockTokens < 1 || deepBlocks < 1 || firstBlocks < deepBlocks) {
      throw new IllegalArgumentException(
          "blockTokens must be positive, and deepBlocks in [1, firstBlocks], not "
              + blockTokens
              + ", and "
              + deepBlocks
              + " of "
              + firstBlocks);
    }
    if ((long) blockTokens * firstBlocks > CELL_MASK) {
      throw new IllegalArgumentException(
          "a segment's KV pool holds at most "
              + CELL_MASK
              + " tokens, not "
              + (long) blockTokens * firstBlocks);
    }
  }

  /** Pools of one size. */
  public CacheGeometry(int segments, int blockTokens, int blocksPerSegment) {
    this(segments, blockTokens, blocksPerSegment, blocksPerSegment);
  }

  /** Blocks in a segment's pool. */
  public int blocks(int segment) {
    return segment == 0 ? firstBlocks : deepBlocks;
  }

  /** Cells in a segment's pool. */
  public int cells(int segment) {
    return blockTokens * blocks(segment);
  }

  /** Blocks in the smallest pool. */
  public int leastBlocks() {
    return blocks(segments - 1);
  }

  /** Cells in the smallest pool. */
  public int leastCells() {
    return blockTokens * leastBlocks();
  }

  /**
   * Cells of all pools, each times the layers of its segment.
   *
   * @param firstLayers layers of segment 0
   * @param layers of the model
   */
  public long tokenLayers(int firstLayers, int layers) {
    long deep = segments == 1 ? 0 : (long) blockTokens * deepBlocks * (layers - firstLayers);
    return (long) blockTokens * firstBlocks * firstLayers + deep;
  }

  /** Blocks that hold this many tokens. */
  public int blocksFor(int tokens) {
    return (tokens + blockTokens - 1) / blockTokens;
  }

  /** The table entry that reads {@code cell} of {@code segment}'s last layer. */
  public static int alias(int segment, int cell) {
    return ~(segment << CELL_BITS | cell);
  }

  /** Whether an entry reads another segment's cell. */
  public static boolean isAlias(int entry) {
    return entry < 0;
  }

  /** The segment whose last layer an alias reads. */
  public static int aliasSegment(int entry) {
    return ~entry >> CELL_BITS;
  }

  /** The cell that an alias reads. */
  public static int aliasCell(int entry) {
    return ~entry & CELL_MASK;
  }
}
