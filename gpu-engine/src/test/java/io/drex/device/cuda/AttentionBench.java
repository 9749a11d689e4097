package io.drex.device.cuda;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The product's own attention, alone: a layer at a time of so many that caches do not hold their K
 * and V, each with a cache of its own.
 */
public final class AttentionBench {
  private static final int BLOCK_TOKENS = CacheGeometry.USUAL_BLOCK_TOKENS;

  private final BenchGpu gpu;
  private final ModelSpec spec;

  /**
   * @param spec whose heads attend
   */
  public AttentionBench(BenchGpu gpu, ModelSpec spec) {
    this.gpu = gpu;
    this.spec = spec.withRamps(List.of());
  }

  /** Bytes of K and V that decode rows at a context must read in one layer. */
  public double decodeBytes(int rows, int context) {
    return 4.0 * spec.kvWidth() * rows * context;
  }

  /** Operations of a prompt of so many positions in one layer, each attending to those before. */
  public double promptFlops(int tokens) {
    return 4.0 * spec.heads() * spec.headDim() * tokens * (tokens + 1.0) / 2;
  }

  /** Microseconds of one layer's attention of so many decode rows at a context. */
  public double[] decodeMicros(int rows, int context) {
    RowBatch batch = new RowBatch(rows, tables(rows, context));
    for (int row = 0; row < rows; row++) {
      add(batch, row, row, context - 1, false);
    }
    return micros(
        batch,
        context,
        rig -> {
          DecodeAttention attention = new DecodeAttention(rig.setup(), rig.at());
          attention.begin();
          attention.plan();
          return layer -> {
            CudaDriver.Launch launch = attention.prepare(layer, rig.tables());
            return () -> attention.run(launch);
          };
        });
  }

  /** Microseconds of one layer's attention of a prompt. */
  public double[] promptMicros(int tokens) {
    RowBatch batch = new RowBatch(tokens, tables(1, tokens));
    for (int position = 0; position < tokens; position++) {
      add(batch, position, 0, position, true);
    }
    return micros(
        batch,
        tokens,
        rig -> {
          PromptAttention attention = new PromptAttention(rig.at());
          return layer -> {
            CudaDriver.Launch launch = attention.prepare(layer, rig.tables());
            return () -> attention.run(launch);
          };
        });
  }

  /** What attention is launched with. */
  private record Rig(Setup setup, Places at, long tables) {}

  /** Makes the launch of a layer. */
  private interface Layers {
    Runnable launch(int layer);
  }

  private double[] micros(RowBatch batch, int context, Function<Rig, Layers> kind) {
    int sequences = batch.kvTable.length;
    long layerBytes = 4L * spec.kvWidth() * sequences * context;
    int layers = gpu.rotated(layerBytes);
    try (DeviceMemory memory = gpu.memory()) {
      StepArgs step = new StepArgs(gpu.kernels(), memory, batch.rows);
      step.setRows(0, batch);
      step.upload();
      Rig rig = rig(of(layers), memory, step, batch);
      Layers all = kind.apply(rig);
      gpu.driver().finish();
      List<Runnable> turns = new ArrayList<>();
      for (int layer = 0; layer < layers; layer++) {
        turns.add(all.launch(layer));
      }
      return gpu.micros(turns);
    }
  }

  private Rig rig(ModelSpec few, DeviceMemory memory, StepArgs step, RowBatch batch) {
    int sequences = batch.kvTable.length;
    int rows = batch.rows;
    int positions = batch.kvTable[0][0].length;
    CacheGeometry cache = new CacheGeometry(1, BLOCK_TOKENS, sequences * positions / BLOCK_TOKENS);
    DeviceOptions options =
        new DeviceOptions(
            cache, KvFill.MAP, ConfidenceMetric.MARGIN, sequences, positions, rows, rows, 1);
    Segments segments = Segments.of(few, ConfidenceMetric.MARGIN);
    Setup setup = new Setup(few, segments, options, memory, step, 0);
    TokenTables tables = new TokenTables(gpu.driver(), memory, 1, sequences, positions);
    tables.follow(batch);
    tables.takeOver(tables.prepareEntries(step, 0, step.entries()), rows);
    int width = Matrix.padded(spec.heads() * spec.headDim());
    Places at =
        new Places(
            few,
            step,
            KvPools.allocate(gpu.driver(), setup),
            0,
            0,
            memory.allocate("queries", 4L * rows * Places.qkvStride(spec)),
            memory.allocate("attended", 2L * rows * width),
            0,
            0,
            0,
            positions);
    return new Rig(setup, at, tables.of(0));
  }

  /** The model with so many layers, as each has a cache of its own. */
  private ModelSpec of(int layers) {
    return new ModelSpec(
        spec.family(),
        layers,
        spec.hiddenSize(),
        spec.intermediateSize(),
        spec.heads(),
        spec.kvHeads(),
        spec.headDim(),
        spec.vocabSize(),
        spec.maxPositions(),
        spec.rmsNormEps(),
        spec.rope(),
        spec.tiedHead(),
        spec.ramps(),
        spec.rampHeads());
  }

  private static void add(RowBatch batch, int slot, int table, int position, boolean prompt) {
    int row = batch.rows++;
    batch.position[row] = position;
    batch.slot[row] = slot;
    batch.table[row] = table;
    batch.prompt[row] = prompt;
  }

  /** Cells of each sequence's own. */
  private static int[][][] tables(int sequences, int context) {
    int positions = (context + BLOCK_TOKENS - 1) / BLOCK_TOKENS * BLOCK_TOKENS;
    int[][][] tables = new int[sequences][1][positions];
    for (int s = 0; s < sequences; s++) {
      for (int p = 0; p < positions; p++) {
        tables[s][0][p] = s * positions + p;
      }
    }
    return tables;
  }
}
