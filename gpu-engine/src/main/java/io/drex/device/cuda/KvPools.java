package io.drex.device.cuda;

import io.drex.device.CacheGeometry;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import io.drex.model.ModelSpec;

/**
 * K (after RoPE) and V of all layers, bf16; a layer's cells are [cell][K, V][kvHead][padded
 * headDim], so that every head is aligned. A cell is written before any row reads it.
 */
final class KvPools {
  private static final int HEAD_ALIGNMENT = 8; // elements

  /** Address of an array with each layer's address, int64 [layer]. */
  final long bases;

  /** Address of an array with each segment's last layer, int32 [segment]. */
  final long lastLayers;

  /** Address of an array with each layer's segment, int32 [layer]. */
  final long layerSegments;

  private KvPools(long bases, long lastLayers, long layerSegments) {
    this.bases = bases;
    this.lastLayers = lastLayers;
    this.layerSegments = layerSegments;
  }

  static KvPools allocate(CudaDriver driver, Setup setup) {
    DeviceMemory memory = setup.memory();
    ModelSpec spec = setup.spec();
    Segments segments = setup.segments();
    CacheGeometry geometry = setup.options().cache();
    int layers = spec.layers();
    PinnedMemory tables =
        memory.pin((long) layers * Long.BYTES * 2 + segments.count() * Long.BYTES);
    int lastLayersAt = layers * Long.BYTES;
    int layerSegmentsAt = lastLayersAt + segments.count() * Integer.BYTES;
    for (int s = 0; s < segments.count(); s++) {
      tables.bytes().putInt(lastLayersAt + s * Integer.BYTES, segments.lastLayer(s));
      long bytes = (long) geometry.cells(s) * cellElements(spec) * Short.BYTES;
      for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
        tables.bytes().putLong(layer * Long.BYTES, memory.allocate("the KV cache", bytes));
        tables.bytes().putInt(layerSegmentsAt + layer * Integer.BYTES, s);
      }
    }
    long bytes = layerSegmentsAt + (long) layers * Integer.BYTES;
    long device = memory.allocate("the KV cache", bytes);
    driver.upload(tables, device, bytes);
    driver.finish();
    return new KvPools(device, device + lastLayersAt, device + layerSegmentsAt);
  }

  /** Elements of a cell. */
  static int cellElements(ModelSpec spec) {
    int padded = (spec.headDim() + HEAD_ALIGNMENT - 1) / HEAD_ALIGNMENT * HEAD_ALIGNMENT;
    return 2 * spec.kvHeads() * padded;
  }
}
