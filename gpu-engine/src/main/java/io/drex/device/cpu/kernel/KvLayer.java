package io.drex.device.cpu.kernel;

import io.drex.device.CacheGeometry;

/**
 * What one layer's attention reads: the layer's own cells, and those that aliases point at. Sources
 * are numbered: 0 is the layer itself, 1 + s the last layer of segment s.
 */
public final class KvLayer {
  /** Sources of any layer. */
  static final int MAX_SOURCES = 1 + CacheGeometry.MAX_SEGMENTS;

  private final KvCells[] sources;

  // The arrays of the sources; those of the other type are empty. [source]
  final int[][] bf16Keys;
  final int[][] bf16Values;
  final float[][] keys;
  final float[][] values;

  /**
   * @param own the layer's cells
   * @param lastOfSegment cells of the last layer of each segment, all of one shape and type
   */
  public KvLayer(KvCells own, KvCells[] lastOfSegment) {
    sources = new KvCells[1 + lastOfSegment.length];
    sources[0] = own;
    System.arraycopy(lastOfSegment, 0, sources, 1, lastOfSegment.length);
    bf16Keys = new int[sources.length][0];
    bf16Values = new int[sources.length][0];
    keys = new float[sources.length][0];
    values = new float[sources.length][0];
    for (int i = 0; i < sources.length; i++) {
      if (sources[i] instanceof Bf16Cells bf16) {
        bf16Keys[i] = bf16.keys;
        bf16Values[i] = bf16.values;
      } else {
        keys[i] = ((F32Cells) sources[i]).keys;
        values[i] = ((F32Cells) sources[i]).values;
      }
    }
  }

  boolean isBf16() {
    return sources[0] instanceof Bf16Cells;
  }

  /** The layer's own cells; all sources have their shape. */
  public KvCells own() {
    return sources[0];
  }

  /** The cells that a table's entry points into. */
  public KvCells cells(int entry) {
    return sources[source(entry)];
  }

  /** The number of those cells' layer. */
  static int source(int entry) {
    return CacheGeometry.isAlias(entry) ? 1 + CacheGeometry.aliasSegment(entry) : 0;
  }

  /** The entry's cell. */
  public static int cell(int entry) {
    return CacheGeometry.isAlias(entry) ? CacheGeometry.aliasCell(entry) : entry;
  }
}
