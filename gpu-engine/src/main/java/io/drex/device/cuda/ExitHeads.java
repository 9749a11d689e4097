package io.drex.device.cuda;

import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelSpec;

/** The heads after all segments, over the head rows of a call, a block of rows at a time. */
final class ExitHeads {
  /** Rows whose logits are kept at once; bounds the memory that large vocabularies take. */
  private static final int BLOCK = 128;

  private static final int FIGURES = 8; // of a head row and a part of the vocabulary
  private static final int FIELDS = 4; // of a verdict

  // Arguments of launches that change from block to block.
  private static final int KEPT = 3;
  private static final int HISTORY = 7;

  private final CudaDriver driver;
  private final StepArgs step;
  private final ExitHead[] heads; // [segment]
  private final Readings readings;
  private final SamplingArgs sampling;
  private final Arguments.List sampleList;
  private final CudaDriver.Launch sample;

  private final long kept; // float, [head of the call][hidden], or 0
  private final long keptRowBytes;
  private final Arguments.List keepList;
  private final CudaDriver.Launch keep;
  private final Arguments.List cosineList;
  private final CudaDriver.Launch cosine;

  /**
   * @param weights [segment]
   */
  ExitHeads(Setup setup, HeadWeights[] weights) {
    step = setup.step();
    KernelSet kernels = step.kernels();
    DeviceMemory memory = setup.memory();
    ModelSpec spec = setup.spec();
    Segments segments = setup.segments();
    int maxRows = setup.options().maxRows();
    driver = kernels.driver();
    int block = Math.min(BLOCK, maxRows);
    readings = new Readings(driver, memory, block);
    sampling = new SamplingArgs(driver, memory, block, setup.options().maxSequenceTokens());
    boolean reportsCosine = segments.report(ConfidenceMetric.HIDDEN_COSINE);
    HeadPlaces at = places(setup, weights, block, reportsCosine);
    heads = new ExitHead[weights.length];
    for (int s = 0; s < heads.length; s++) {
      heads[s] = new ExitHead(step, spec, weights[s], segments.metric(s), at);
    }
    long penalised = memory.allocate("logits", (long) block * at.logitStride() * Float.BYTES);
    sampleList =
        step.arguments()
            .add(at.logits())
            .add(penalised)
            .add(at.logitStride())
            .add(spec.vocabSize())
            .add(sampling.fields())
            .add(sampling.history())
            .add(at.verdict())
            .add(at.readings());
    sample = kernels.prepare("sample", 1024, sampleList);
    keptRowBytes = (long) spec.hiddenSize() * Float.BYTES;
    kept = memory.allocate("states at entry", reportsCosine ? maxRows * keptRowBytes : 0);
    keepList = step.arguments().add(setup.hidden()).add(kept).add(spec.hiddenSize());
    keep = kernels.prepare("keep_entry", 256, keepList);
    cosineList =
        step.arguments().add(setup.hidden()).add(kept).add(at.cosine()).add(spec.hiddenSize());
    cosine = kernels.prepare("cosine", 256, cosineList);
  }

  private HeadPlaces places(Setup setup, HeadWeights[] weights, int block, boolean reportsCosine) {
    DeviceMemory memory = setup.memory();
    ModelSpec spec = setup.spec();
    int mlpWidth = 0;
    for (HeadWeights head : weights) {
      HeadWeights.Mlp mlp = head.mlp();
      mlpWidth = mlp == null ? mlpWidth : Math.max(mlpWidth, Matrix.padded(mlp.width()));
    }
    int lifted = mlpWidth == 0 ? 0 : spec.hiddenSize();
    int logitStride = Matrix.padded(spec.vocabSize());
    int figures = ExitHead.vocabTiles(spec) * FIGURES;
    return new HeadPlaces(
        setup.hidden(),
        scratch(memory, block, Matrix.padded(spec.hiddenSize()), Short.BYTES),
        scratch(memory, block, mlpWidth, Short.BYTES),
        scratch(memory, block, lifted, Float.BYTES),
        scratch(memory, block, figures, Float.BYTES),
        scratch(memory, block, logitStride, Float.BYTES),
        logitStride,
        scratch(memory, block, reportsCosine ? 1 : 0, Float.BYTES),
        scratch(memory, block, FIELDS, Float.BYTES),
        readings.deviceAddress());
  }

  private static long scratch(DeviceMemory memory, int rows, int width, int elementBytes) {
    return memory.allocate("exit heads", (long) rows * width * elementBytes);
  }

  /**
   * Notes the first block of head rows in the step's arguments, which are uploaded after.
   *
   * @return rows in the block
   */
  int begin(RowBatch rows) {
    return setBlock(rows, 0);
  }

  /** Keeps what heads need of the rows' states before their segment runs. */
  void enter(int segment, RowBatch rows, int firstBlock) {
    if (heads[segment].metric() != ConfidenceMetric.HIDDEN_COSINE) {
      return;
    }
    keep(0, firstBlock);
    for (int from = firstBlock; from < rows.heads; from += BLOCK) {
      keep(from, nextBlock(rows, from));
    }
    if (firstBlock < rows.heads) {
      nextBlock(rows, 0);
    }
  }

  /** The same where there is one block of head rows, for so many though there be fewer. */
  void enter(int segment, int gridHeads) {
    if (heads[segment].metric() == ConfidenceMetric.HIDDEN_COSINE) {
      keep(0, gridHeads);
    }
  }

  private void keep(int from, int count) {
    if (count > 0) {
      keepList.set(KEPT, kept + from * keptRowBytes);
      driver.launch(keep, count, 1);
    }
  }

  /**
   * Launches what reads the first block of head rows, but for choosing tokens at random.
   *
   * @param gridHeads head rows that grids are for, at least those of the block
   */
  void launch(int segment, int gridHeads) {
    if (gridHeads > 0) {
      launch(segment, 0, gridHeads);
    }
  }

  private void launch(int segment, int from, int gridHeads) {
    if (heads[segment].metric() == ConfidenceMetric.HIDDEN_COSINE) {
      cosineList.set(KEPT, kept + from * keptRowBytes);
      driver.launch(cosine, gridHeads, 1);
    }
    heads[segment].read(gridHeads);
  }

  /**
   * Fills {@code out} for each head row with what the head after the segment says; waits for the
   * device. The first block was launched.
   */
  void read(int segment, RowBatch rows, int firstBlock, HeadReadings out) {
    if (firstBlock == 0) {
      driver.finish();
      return;
    }
    take(rows, 0, firstBlock, out);
    for (int from = firstBlock; from < rows.heads; from += BLOCK) {
      int count = nextBlock(rows, from);
      launch(segment, from, count);
      take(rows, from, count, out);
    }
  }

  private void take(RowBatch rows, int from, int count, HeadReadings out) {
    if (SamplingArgs.samples(rows, from, count)) {
      sampling.upload(rows, from, count);
      sampleList.set(HISTORY, sampling.history());
      driver.launch(sample, count, 1);
    }
    readings.await(count, step.call());
    readings.copy(count, out, from);
  }

  /** Makes the step's arguments name the block of head rows from {@code from} on. */
  private int nextBlock(RowBatch rows, int from) {
    driver.finish(); // what is on its way reads them
    int count = setBlock(rows, from);
    step.upload();
    return count;
  }

  private int setBlock(RowBatch rows, int from) {
    int count = Math.min(BLOCK, rows.heads - from);
    step.setHeads(rows, from, count, SamplingArgs.samples(rows, from, count));
    return count;
  }
}
