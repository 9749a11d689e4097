package io.drex.device.cpu;

import io.drex.device.CacheGeometry;
import io.drex.device.RowBatch;
import io.drex.device.cpu.kernel.KvLayer;
import io.drex.device.cpu.kernel.KvPlane;
import io.drex.model.ModelSpec;

/** K (after RoPE) and V of all layers. A cell is written before any row reads it. */
final class KvCache {
  private static final int MAX_ELEMENTS = Integer.MAX_VALUE - 8;

  private final Segments segments;
  private final int width;
  private final float[][] keys; // [layer][cell][kvHead][headDim]
  private final float[][] values; // [layer][cell][kvHead][headDim]
  private final KvLayer[] layers; // [layer]

  private KvCache(Segments segments, int width, float[][] keys, float[][] values) {
    this.segments = segments;
    this.width = width;
    this.keys = keys;
    this.values = values;
    this.layers = new KvLayer[keys.length];
    float[][] lastKeys = new float[segments.count()][];
    float[][] lastValues = new float[segments.count()][];
    for (int s = 0; s < segments.count(); s++) {
      lastKeys[s] = keys[segments.lastLayer(s)];
      lastValues[s] = values[segments.lastLayer(s)];
    }
    for (int i = 0; i < keys.length; i++) {
      layers[i] =
          new KvLayer(
              new KvPlane(keys[i], lastKeys, width), new KvPlane(values[i], lastValues, width));
    }
  }

  /**
   * @throws IllegalArgumentException if one layer's K does not fit in one array
   */
  static KvCache allocate(ModelSpec spec, Segments segments, CacheGeometry geometry) {
    if ((long) geometry.cells(0) * spec.kvWidth() > MAX_ELEMENTS) {
      throw new IllegalArgumentException(
          "a KV pool of "
              + geometry.cells(0)
              + " tokens is too large: with "
              + spec.kvWidth()
              + " elements per token and layer the CPU backend holds at most "
              + MAX_ELEMENTS / spec.kvWidth()
              + " tokens; lower the slots or the longest sequence");
    }
    float[][] keys = new float[spec.layers()][];
    float[][] values = new float[spec.layers()][];
    for (int s = 0; s < segments.count(); s++) {
      for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
        keys[layer] = new float[geometry.cells(s) * spec.kvWidth()];
        values[layer] = new float[geometry.cells(s) * spec.kvWidth()];
      }
    }
    return new KvCache(segments, spec.kvWidth(), keys, values);
  }

  /** What a layer's attention reads. */
  KvLayer layer(int layer) {
    return layers[layer];
  }

  float[] keys(int layer) {
    return keys[layer];
  }

  float[] values(int layer) {
    return values[layer];
  }

  /** Writes one token's K and V, which lie side by side at {@code from}, into a layer's cell. */
  void write(int layer, int cell, float[] kv, int from) {
    System.arraycopy(kv, from, keys[layer], cell * width, width);
    System.arraycopy(kv, from + width, values[layer], cell * width, width);
  }

  /** Copies K and V of the exit segment's last layer into every deeper layer, row by row. */
  void copyToDeeper(int exitSegment, RowBatch rows) {
    int source = segments.lastLayer(exitSegment);
    for (int row = 0; row < rows.rows; row++) {
      int[][] tables = rows.kvTable[rows.table[row]];
      int position = rows.position[row];
      int from = tables[exitSegment][position];
      for (int s = exitSegment + 1; s < segments.count(); s++) {
        int to = tables[s][position];
        for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
          System.arraycopy(keys[source], from * width, keys[layer], to * width, width);
          System.arraycopy(values[source], from * width, values[layer], to * width, width);
        }
      }
    }
  }

  long bytes() {
    long elements = 0;
    for (int layer = 0; layer < keys.length; layer++) {
      elements += keys[layer].length + values[layer].length;
    }
    return elements * Float.BYTES;
  }
}
