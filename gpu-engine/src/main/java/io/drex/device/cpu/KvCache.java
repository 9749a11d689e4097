package io.drex.device.cpu;

import io.drex.device.CacheGeometry;
import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cpu.kernel.KvCells;
import io.drex.device.cpu.kernel.KvLayer;
import io.drex.model.DType;
import io.drex.model.ModelSpec;

/** K (after RoPE) and V of all layers. A cell is written before any row reads it. */
final class KvCache {
  private final Segments segments;
  private final KvLayer[] layers; // [layer]

  private KvCache(Segments segments, KvCells[] cells) {
    this.segments = segments;
    layers = new KvLayer[cells.length];
    KvCells[] lastOfSegment = new KvCells[segments.count()];
    for (int s = 0; s < segments.count(); s++) {
      lastOfSegment[s] = cells[segments.lastLayer(s)];
    }
    for (int i = 0; i < cells.length; i++) {
      layers[i] = new KvLayer(cells[i], lastOfSegment);
    }
  }

  /**
   * @param type of the elements
   * @throws IllegalArgumentException if one layer's K does not fit in one array
   */
  static KvCache allocate(ModelSpec spec, DType type, Segments segments, CacheGeometry geometry) {
    KvCells[] cells = new KvCells[spec.layers()];
    for (int s = 0; s < segments.count(); s++) {
      for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
        cells[layer] = KvCells.allocate(type, geometry.cells(s), spec.kvHeads(), spec.headDim());
      }
    }
    return new KvCache(segments, cells);
  }

  /** What a layer's attention reads. */
  KvLayer layer(int layer) {
    return layers[layer];
  }

  /** Writes one token's K and V, which lie side by side at {@code from}, into a layer's cell. */
  void write(int layer, int cell, float[] kv, int from) {
    layers[layer].own().write(cell, kv, from);
  }

  /** Copies K and V of the exit segment's last layer into every deeper layer, row by row. */
  void copyToDeeper(int exitSegment, RowBatch rows) {
    KvCells source = layers[segments.lastLayer(exitSegment)].own();
    for (int row = 0; row < rows.rows; row++) {
      int[][] tables = rows.kvTable[rows.table[row]];
      int position = rows.position[row];
      int from = tables[exitSegment][position];
      for (int s = exitSegment + 1; s < segments.count(); s++) {
        int to = tables[s][position];
        for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
          layers[layer].own().copy(to, source, from);
        }
      }
    }
  }

  long bytes() {
    long bytes = 0;
    for (KvLayer layer : layers) {
      bytes += layer.own().bytes();
    }
    return bytes;
  }
}
