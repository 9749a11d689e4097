package io.drex.job.run;

import io.drex.device.DeviceBackend;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.Presets;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.network.util.JavaUtils;

/**
 * Compares what an engine in the executor's heap will hold with that heap, so that a run is refused
 * with the settings it needs instead of being killed.
 *
 * @param weightBytes the model's weights as the device keeps them
 * @param kvBytes K and V of every slot at its longest
 * @param hiddenBytes hidden states of slots and prompt rows, and the layers' working space
 * @param taskBytes prompts and completions in flight, and Spark's own needs
 */
public record MemoryCheck(long weightBytes, long kvBytes, long hiddenBytes, long taskBytes) {
  private static final long MIB = 1L << 20;
  private static final String GPU = "cuda";

  /** What Spark reserves, and our tasks' buffers. */
  private static final long TASK_BYTES = 300 * MIB;

  /** Share of the heap that long-lived arrays may fill before collections dominate. */
  private static final double USABLE = 0.9;

  /**
   * What one engine of this model on this device will hold of the heap. On a GPU it lives in the
   * GPU's memory, which opening it checks.
   */
  public static MemoryCheck of(LoadedModel model, DrexConfig config, DeviceBackend device) {
    if (device.name().equals(GPU)) {
      return new MemoryCheck(0, 0, 0, TASK_BYTES);
    }
    ModelSpec spec = model.spec();
    int asked = config.value(ConfigKeys.MAX_SEQUENCE_TOKENS);
    long longest = asked == 0 ? spec.maxPositions() : asked;
    int kvTokens = config.value(ConfigKeys.KV_TOKENS);
    long slots = config.value(ConfigKeys.SLOTS);
    long cells = kvTokens == 0 ? slots * longest : kvTokens;
    int deepTokens = config.value(ConfigKeys.DEEP_KV_TOKENS);
    long deepCells = deepTokens == 0 ? cells : Math.min(cells, deepTokens);
    long firstLayers = firstLayers(spec, config.value(ConfigKeys.POLICY));
    long tokenLayers = cells * firstLayers + deepCells * (spec.layers() - firstLayers);
    int hiddenPerSlot = EngineSettings.kvFill(config).hiddenPerSequence();
    long rows = slots * hiddenPerSlot + config.value(ConfigKeys.MAX_PREFILL_TOKENS);
    long rowFloats = 4L * spec.hiddenSize() + 2L * spec.intermediateSize() + 3L * spec.kvWidth();
    return new MemoryCheck(
        device.weights(model).bytes(),
        tokenLayers * 2 * spec.kvWidth() * model.kvType().bytes(),
        rows * rowFloats * Float.BYTES,
        TASK_BYTES);
  }

  /** Layers that every token runs. */
  private static int firstLayers(ModelSpec spec, String policy) {
    List<RampSpec> active = Presets.exitPolicy(policy).activeRamps(spec.ramps());
    return active.isEmpty() ? spec.layers() : active.get(0).depth();
  }

  /**
   * Compares with the heap that executors (or, in local mode, the driver) have.
   *
   * @throws JobException USAGE with the settings that are needed
   */
  public void require(SparkConf conf) {
    boolean local = Masters.isLocal(conf);
    String setting = local ? "spark.driver.memory" : "spark.executor.memory";
    long heap =
        local
            ? Runtime.getRuntime().maxMemory()
            : JavaUtils.byteStringAsBytes(conf.get(setting, "1g"));
    long needed = (long) Math.ceil((weightBytes + kvBytes + hiddenBytes + taskBytes) / USABLE);
    if (needed <= heap) {
      return;
    }
    throw new JobException(
        ExitCode.USAGE,
        "an engine needs "
            + mib(needed)
            + " MiB of heap (weights "
            + mib(weightBytes)
            + ", KV cache "
            + mib(kvBytes)
            + ", hidden states "
            + mib(hiddenBytes)
            + ", tasks "
            + mib(taskBytes)
            + "), but "
            + setting
            + " gives "
            + mib(heap)
            + " MiB; set --conf "
            + setting
            + "="
            + mib(needed)
            + "m, or lower --slots, --max-sequence-tokens or --kv-tokens");
  }

  private static long mib(long bytes) {
    return (bytes + MIB - 1) / MIB;
  }
}
