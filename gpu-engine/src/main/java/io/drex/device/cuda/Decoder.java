package io.drex.device.cuda;

import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ModelSpec;
import io.drex.model.RopeTable;

/** The decoder layers over the rows of a call, and the K and V of layers that rows skip. */
final class Decoder {
  private final CudaDriver driver;
  private final Segments segments;
  private final TokenTables tables;
  private final Layer[] layers;
  private final DecodeAttention decodeAttention;
  private final LeftRows left;
  private final CudaDriver.Launch embed;
  private final CudaDriver.Launch[] entries; // [segment], of rows that run it

  /**
   * @param upload for tables
   * @param linear of calls of segments
   */
  Decoder(Setup setup, WeightUpload upload, ModelWeights weights, LinearLayers linear) {
    ModelSpec spec = setup.spec();
    StepArgs step = setup.step();
    DeviceMemory memory = setup.memory();
    driver = step.kernels().driver();
    segments = setup.segments();
    int maxRows = setup.options().maxRows();
    int count = segments.count();
    int longest = setup.options().maxSequenceTokens();
    tables = new TokenTables(driver, memory, count, setup.options().slots(), longest);
    KvPools cache = KvPools.allocate(driver, setup);
    Places at = places(setup, upload, cache);
    decodeAttention = new DecodeAttention(setup, at);
    Layer.Calls calls = new Layer.Calls(at, linear, decodeAttention, new PromptAttention(at));
    StepArgs leftArgs = new StepArgs(step.kernels(), memory, maxRows);
    Places fills = at.with(leftArgs);
    layers = new Layer[spec.layers()];
    entries = new CudaDriver.Launch[count];
    for (int s = 0; s < count; s++) {
      entries[s] = tables.prepareEntries(step, s, step.entries());
      for (int layer = segments.firstLayer(s); layer < segments.endLayer(s); layer++) {
        layers[layer] = new Layer(weights.layers()[layer], layer, tables.of(s), calls, fills);
      }
    }
    left = new LeftRows(setup, tables, cache, leftArgs, layers);
    embed = embedding(setup, weights.embedding());
  }

  private static CudaDriver.Launch embedding(Setup setup, Matrix embedding) {
    Arguments.List list =
        setup
            .step()
            .arguments()
            .add(setup.hidden())
            .add(embedding.tiles())
            .add(setup.spec().hiddenSize())
            .add(embedding.inputTiles());
    return setup.step().kernels().prepare("embed_gather", 256, list);
  }

  private Places places(Setup setup, WeightUpload upload, KvPools cache) {
    ModelSpec spec = setup.spec();
    RopeTable rope = RopeTable.compute(spec.headDim(), tables.positions(), spec.rope());
    return new Places(
        spec,
        setup.step(),
        cache,
        setup.hidden(),
        scratch(setup, Matrix.padded(spec.hiddenSize()), Short.BYTES),
        scratch(setup, Places.qkvStride(spec), Float.BYTES),
        scratch(setup, Matrix.padded(spec.heads() * spec.headDim()), Short.BYTES),
        scratch(setup, Matrix.padded(spec.intermediateSize()), Short.BYTES),
        upload.floats("RoPE", rope.cos),
        upload.floats("RoPE", rope.sin),
        tables.positions());
  }

  private static long scratch(Setup setup, int width, int elementBytes) {
    long bytes = (long) setup.options().maxRows() * width * elementBytes;
    return setup.memory().allocate("the rows of a call", bytes);
  }

  /** Makes the device's tables say where the rows find K and V; see {@link TokenTables#follow}. */
  void follow(RowBatch rows) {
    tables.follow(rows);
  }

  /** Makes the rows' hidden states their tokens' embeddings. */
  void embed(int rows) {
    driver.launch(embed, rows, 1);
  }

  /** Looks at the rows that the step's arguments note, before they run. */
  void begin() {
    decodeAttention.begin();
  }

  /** Whether the launches of a call of decode rows depend on their number alone. */
  boolean isUniform() {
    return decodeAttention.isOneRound();
  }

  /** Launches decode calls for so many rows, though there be fewer. */
  void widen(int rows) {
    decodeAttention.widen(rows);
  }

  /**
   * Runs a segment's layers over the rows that the step's arguments name.
   *
   * @param rows that grids are for, at least as many
   */
  void run(int segment, int rows) {
    tables.takeOver(entries[segment], rows);
    decodeAttention.plan();
    for (int layer = segments.firstLayer(segment); layer < segments.endLayer(segment); layer++) {
      layers[layer].run(rows);
    }
  }

  /** All that was asked for is done. */
  void finished() {
    left.finished();
  }

  /** Makes K and V of rows that left after a segment readable by all layers after it. */
  void fill(int exitSegment, RowBatch rows) {
    left.fill(exitSegment, rows);
  }
}
