package io.drex.device.cuda.bench;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceOptions;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.KvFill;
import io.drex.device.cuda.CudaBackend;
import io.drex.device.cuda.MeasuredModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.policy.ModelShape;

/** A synthetic model on the device, with slots for the largest batch. */
final class OpenModel implements AutoCloseable {
  private static final int BLOCK_TOKENS = CacheGeometry.USUAL_BLOCK_TOKENS;

  /** Beside weights and KV: hidden states, rows of a call, logits. */
  private static final double WORKSPACE_BYTES = 2e9;

  private static final double WORKSPACE_ROW_BYTES = 3e5;
  private static final double USED_SHARE = .97;
  private static final double LESS = .93; // of the slots, where memory lacks

  private final LoadedModel model;
  private final DeviceOptions options;
  private final MeasuredModel device;

  private OpenModel(LoadedModel model, DeviceOptions options, MeasuredModel device) {
    this.model = model;
    this.options = options;
    this.device = device;
  }

  /**
   * Opens a model with slots for as many sequences as fit.
   *
   * @param most sequences
   */
  static OpenModel open(String device, LoadedModel model, Sizes sizes, int most) {
    int slots = Math.min(most, fitting(model, sizes));
    while (true) {
      DeviceOptions options = options(model.spec(), sizes, slots);
      try {
        return new OpenModel(model, options, MeasuredModel.open(device, model, options));
      } catch (DeviceOutOfMemoryException e) {
        if (slots == 1) {
          throw e;
        }
        slots = (int) (slots * LESS);
      }
    }
  }

  private static int fitting(LoadedModel model, Sizes sizes) {
    ModelSpec spec = model.spec();
    double weights = new CudaBackend().weights(model).deviceBytes();
    double left = MeasuredModel.freeBytes() * USED_SHARE - weights - WORKSPACE_BYTES;
    double perToken = (double) spec.layers() * ModelShape.of("", spec).kvBytesPerTokenLayer();
    double perSlot = blocks(sizes) * BLOCK_TOKENS * perToken + WORKSPACE_ROW_BYTES;
    return (int) Math.max(1, (left - sizes.promptRows() * WORKSPACE_ROW_BYTES) / perSlot);
  }

  /** KV blocks of a sequence: its context, and the steps that are measured. */
  private static int blocks(Sizes sizes) {
    int steps = (sizes.repeats() + 1) * sizes.steps() + 8;
    int tokens = sizes.context() + Math.max(steps, sizes.context() / 8);
    return (tokens + BLOCK_TOKENS - 1) / BLOCK_TOKENS;
  }

  private static DeviceOptions options(ModelSpec spec, Sizes sizes, int slots) {
    int blocks = blocks(sizes);
    int longestPrompt = sizes.prompts().stream().mapToInt(Sizes.Prompts::tokens).max().orElse(1);
    int longest = Math.max(blocks * BLOCK_TOKENS, longestPrompt);
    int all = Math.max(slots * blocks, (sizes.promptRows() + longest) / BLOCK_TOKENS + slots);
    CacheGeometry cache = new CacheGeometry(spec.ramps().size() + 1, BLOCK_TOKENS, all);
    int rows = sizes.promptRows();
    return new DeviceOptions(
        cache, KvFill.MAP, spec.fullDepthMetric(), slots, longest, rows, slots + rows, 1);
  }

  ModelSpec spec() {
    return model.spec();
  }

  DeviceOptions options() {
    return options;
  }

  MeasuredModel device() {
    return device;
  }

  @Override
  public void close() {
    device.close();
  }
}
