package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.device.RowChecks;
import io.drex.device.Segments;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;

/**
 * A model on a GPU. Only the rows' indices go down and only readings come up: a decode call is one
 * copy of its arguments, a graph of launches, and a poll of what its heads say. A call ends when
 * the device is done with it, so that what it took can be measured and its errors are its own.
 */
final class CudaModel implements DeviceModel {
  private final CudaDriver driver;
  private final DeviceMemory memory;
  private final RowChecks checks;
  private final KvFill kvFill;
  private final StepArgs step;
  private final Decoder decoder;
  private final ExitHeads heads;
  private final DecodeGraphs graphs;
  private final DecodeGraphs.Launches launchDecode;

  private CudaModel(
      LoadedModel model,
      DeviceOptions options,
      RowChecks checks,
      DeviceMemory memory,
      Determinism determinism) {
    ModelSpec spec = model.spec();
    Segments segments = Segments.of(spec, options.fullDepthMetric());
    driver = memory.driver();
    this.memory = memory;
    this.checks = checks;
    kvFill = options.kvFill();
    KernelSet kernels = KernelSet.load(driver, memory);
    WeightUpload upload = new WeightUpload(kernels, memory, model);
    ModelWeights weights = ModelWeights.upload(model, upload);
    long hiddenBytes = (long) options.hiddenSlots() * spec.hiddenSize() * Float.BYTES;
    long hidden = memory.allocate("hidden states", hiddenBytes);
    step = new StepArgs(kernels, memory, options.maxRows());
    Setup setup = new Setup(spec, segments, options, memory, step, hidden);
    decoder = new Decoder(setup, upload, weights, determinism.layers(setup, weights));
    heads = new ExitHeads(setup, weights.heads());
    graphs = new DecodeGraphs(driver, segments.count());
    launchDecode = this::launchDecode;
  }

  /**
   * Puts a model on a GPU.
   *
   * @param driver closed with the model, or now if that fails
   * @param determinism what computes its linear layers
   * @throws DeviceException if the GPU lacks memory for the model or refuses the kernels
   */
  static CudaModel open(
      LoadedModel model, DeviceOptions options, CudaDriver driver, Determinism determinism) {
    DeviceMemory memory = new DeviceMemory(driver);
    try {
      RowChecks checks = new RowChecks(model.spec(), options);
      return new CudaModel(model, options, checks, memory, determinism);
    } catch (RuntimeException e) {
      memory.close();
      driver.close();
      throw e;
    }
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    checks.check(segment, rows);
    if (rows.rows == 0) {
      return;
    }
    try {
      run(segment, rows, out);
    } catch (DeviceOutOfMemoryException e) {
      settle();
      throw e;
    }
    decoder.finished();
  }

  private void run(int segment, RowBatch rows, HeadReadings out) {
    decoder.follow(rows);
    step.setRows(segment, rows);
    int firstHeads = heads.begin(rows);
    step.upload();
    decoder.begin();
    boolean isDecode = step.decodeRows() == rows.rows && rows.rows <= DecodeGraphs.mostRows();
    if (isDecode && firstHeads > 0 && decoder.isUniform()) {
      graphs.run(segment, rows.rows, launchDecode);
    } else {
      embed(segment, rows.rows);
      heads.enter(segment, rows, firstHeads);
      decoder.run(segment, rows.rows);
      heads.launch(segment, firstHeads);
    }
    heads.read(segment, rows, firstHeads, out);
  }

  /** What a graph has: everything but drawing tokens, for a call of up to so many decode rows. */
  private void launchDecode(int segment, int gridRows) {
    decoder.widen(gridRows);
    embed(segment, gridRows);
    heads.enter(segment, gridRows);
    decoder.run(segment, gridRows);
    heads.launch(segment, gridRows);
  }

  private void embed(int segment, int gridRows) {
    if (segment == 0) {
      decoder.embed(gridRows);
    }
  }

  /** Waits for what a failed call had asked for: it must not read the rows of the next. */
  private void settle() {
    driver.finish();
    decoder.finished();
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {
    checks.check(exitSegment, rows);
    if (rows.rows == 0 || kvFill == KvFill.RECOMPUTE) {
      return;
    }
    try {
      decoder.follow(rows);
      decoder.fill(exitSegment, rows);
    } catch (DeviceOutOfMemoryException e) {
      settle();
      throw e;
    }
  }

  @Override
  public long memoryBytes() {
    return memory.bytes();
  }

  @Override
  public void close() {
    graphs.close();
    memory.close();
    driver.close();
  }
}
