package io.drex.device.cpu.kernel;

import io.drex.device.CacheGeometry;

/** The K, or the V, that one layer reads: its own cells, and those that aliases point at. */
public final class KvPlane {
  /** The layer's own cells, [cell][kvHead][headDim]. */
  private final float[] own;

  /** Last layer of each segment, [segment][cell][kvHead][headDim]. */
  private final float[][] lastOfSegment;

  private final int width;

  /**
   * @param width elements of one cell
   */
  public KvPlane(float[] own, float[][] lastOfSegment, int width) {
    this.own = own;
    this.lastOfSegment = lastOfSegment;
    this.width = width;
  }

  /** The array that a table's entry points into. */
  public float[] source(int entry) {
    return CacheGeometry.isAlias(entry) ? lastOfSegment[CacheGeometry.aliasSegment(entry)] : own;
  }

  /** Where the entry's cell starts in {@link #source}. */
  public int at(int entry) {
    return (CacheGeometry.isAlias(entry) ? CacheGeometry.aliasCell(entry) : entry) * width;
  }
}
