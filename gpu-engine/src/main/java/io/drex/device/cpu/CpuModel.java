package io.drex.device.cpu;

import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.RowChecks;
import io.drex.device.Segments;
import io.drex.device.cpu.kernel.AttentionShape;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.kernel.LinearKernel;
import io.drex.device.cpu.kernel.Panel;
import io.drex.device.cpu.kernel.PortableLinear;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;

/** A model run by a team of worker threads. */
final class CpuModel implements DeviceModel {
  private final RowChecks checks;
  private final Segments segments;
  private final DeviceOptions options;
  private final Team team;
  private final KvCache cache;
  private final Decoder decoder;
  private final ExitHead head;
  private final long memoryBytes;

  private CpuModel(
      LoadedModel model, DeviceOptions options, ModelWeights weights, RowChecks checks, Team team) {
    ModelSpec spec = model.spec();
    this.checks = checks;
    segments = Segments.of(spec, options.fullDepthMetric());
    this.options = options;
    this.team = team;
    cache = KvCache.allocate(spec, model.kvType(), segments, options.cache());
    Panel hidden = Panel.allocate(options.hiddenSlots(), spec.hiddenSize());
    decoder = new Decoder(spec, segments, weights, cache, hidden, team, options.maxRows());
    EntryStates entries =
        EntryStates.allocate(segments, hidden, options.maxRows(), spec.hiddenSize());
    head = new ExitHead(spec, weights, hidden, entries, team);
    memoryBytes = weights.bytes() + cache.bytes() + hidden.bytes() + decoder.bytes() + head.bytes();
  }

  /** Opens a model whose linear layers run on the same kernels as all else. */
  static CpuModel open(LoadedModel model, DeviceOptions options, KernelKind kind) {
    return open(model, options, kind, PortableLinear::new);
  }

  /**
   * @throws DeviceException if the model does not fit in the heap or in Java's arrays
   */
  static CpuModel open(
      LoadedModel model, DeviceOptions options, KernelKind kind, LinearKernel.Provider linear) {
    ModelSpec spec = model.spec();
    RowChecks checks = new RowChecks(spec, options);
    try {
      Team team = Team.start(kind, linear, AttentionShape.of(spec), options.threads());
      try {
        return new CpuModel(model, options, ModelWeights.pack(model, team.linear()), checks, team);
      } catch (RuntimeException | Error e) {
        team.close();
        throw e;
      }
    } catch (OutOfMemoryError e) {
      throw new DeviceException(outOfMemory(model, options) + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new DeviceException("the model cannot be opened on the CPU: " + e.getMessage(), e);
    }
  }

  private static String outOfMemory(LoadedModel model, DeviceOptions options) {
    ModelSpec spec = model.spec();
    int firstLayers = spec.ramps().isEmpty() ? spec.layers() : spec.ramps().get(0).depth();
    long tokenLayers = options.cache().tokenLayers(firstLayers, spec.layers());
    long kvBytes = 2 * tokenLayers * spec.kvWidth() * model.kvType().bytes();
    return "the Java heap of "
        + (Runtime.getRuntime().maxMemory() >> 20)
        + " MiB does not hold the model's weights and "
        + (kvBytes >> 20)
        + " MiB of KV cache for "
        + options.slots()
        + " slots; raise -Xmx (executor memory) or lower the slots";
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    checks.check(segment, rows);
    if (rows.rows == 0) {
      return;
    }
    ConfidenceMetric metric = segments.metric(segment);
    if (segment == 0) {
      decoder.embed(rows);
    }
    head.enter(rows, metric);
    decoder.run(segment, rows);
    head.read(segment, rows, metric, out);
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {
    checks.check(exitSegment, rows);
    switch (options.kvFill()) {
      case MAP -> {
        // The tables' aliases are read where they stand.
      }
      case COPY -> cache.copyToDeeper(exitSegment, rows);
      case PROPAGATE -> decoder.propagate(exitSegment, rows);
      case RECOMPUTE -> {
        // The rows' hidden states stay in their slots until they run the deeper segments.
      }
    }
  }

  @Override
  public long memoryBytes() {
    return memoryBytes;
  }

  /** For tests: what the layers wrote. */
  KvCache cache() {
    return cache;
  }

  /** For tests: the head's logits, while the last call's head rows fit in one block. */
  ExitHead head() {
    return head;
  }

  @Override
  public void close() {
    team.close();
  }
}
