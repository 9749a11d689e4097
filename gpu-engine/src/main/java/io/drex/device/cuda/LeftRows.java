package io.drex.device.cuda;

import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.nio.IntBuffer;

/** Makes K and V of rows that left at a ramp readable by the layers that they skip. */
final class LeftRows {
  private final CudaDriver driver;
  private final Segments segments;
  private final KvFill kvFill;
  private final TokenTables tables;
  private final Layer[] layers;
  private final StepArgs args;
  private final int maxRows;
  private final IntBuffer entries; // [segment][row]
  private final CudaDriver.Upload[] uploads; // [exit segment], the entries of all deeper ones
  private final CudaDriver.Launch[] takeOvers; // [segment]
  private final CudaDriver.Launch[] copies; // [exit segment]
  private boolean isFilling; // since the device was last waited for

  /**
   * @param args where the rows are
   * @param layers whose K and V are filled
   */
  LeftRows(Setup setup, TokenTables tables, KvPools cache, StepArgs args, Layer[] layers) {
    driver = args.kernels().driver();
    segments = setup.segments();
    kvFill = setup.options().kvFill();
    maxRows = setup.options().maxRows();
    this.tables = tables;
    this.layers = layers;
    this.args = args;
    int count = segments.count();
    long segmentBytes = (long) maxRows * Integer.BYTES;
    PinnedMemory pinned = setup.memory().pin(count * segmentBytes);
    entries = pinned.bytes().asIntBuffer();
    long device = setup.memory().allocate("the rows of a call", count * segmentBytes);
    uploads = new CudaDriver.Upload[count];
    takeOvers = new CudaDriver.Launch[count];
    copies = new CudaDriver.Launch[count];
    for (int s = 0; s < count; s++) {
      long from = (s + 1) * segmentBytes;
      uploads[s] =
          driver.prepareUpload(pinned, from, device + from, (count - 1 - s) * segmentBytes);
      takeOvers[s] = tables.prepareEntries(args, s, device + s * segmentBytes);
      copies[s] = copy(setup, cache, s);
    }
  }

  private CudaDriver.Launch copy(Setup setup, KvPools cache, int exitSegment) {
    Arguments.List list =
        args.arguments()
            .add(exitSegment)
            .add(segments.endLayer(exitSegment))
            .add(tables.of(0))
            .add(tables.segmentStride())
            .add(tables.positions())
            .add(cache.bases)
            .add(cache.lastLayers)
            .add(cache.layerSegments)
            .add(KvPools.cellElements(setup.spec()));
    return args.kernels().prepare("kv_copy", 128, list);
  }

  /** All that was asked for is done. */
  void finished() {
    isFilling = false;
  }

  /** Fills the layers after a segment; see {@link io.drex.device.DeviceModel#fillKv}. */
  void fill(int exitSegment, RowBatch rows) {
    if (isFilling) { // the host's copies of the rows may still be read
      driver.finish();
    }
    isFilling = true;
    args.setRows(exitSegment, rows);
    args.upload();
    for (int s = exitSegment + 1; s < segments.count(); s++) {
      for (int row = 0; row < rows.rows; row++) {
        int from = args.batchRow(row);
        int entry = rows.kvTable[rows.table[from]][s][rows.position[from]];
        entries.put(s * maxRows + row, entry);
      }
    }
    driver.upload(uploads[exitSegment]);
    for (int s = exitSegment + 1; s < segments.count(); s++) {
      tables.takeOver(takeOvers[s], rows.rows);
    }
    int firstLayer = segments.endLayer(exitSegment);
    switch (kvFill) {
      case MAP, RECOMPUTE -> {
        // Aliases are read where they stand; pending rows come again.
      }
      case COPY -> driver.launch(copies[exitSegment], rows.rows, layers.length - firstLayer);
      case PROPAGATE -> {
        for (int layer = firstLayer; layer < layers.length; layer++) {
          layers[layer].project(rows.rows);
        }
      }
    }
  }
}
