package io.drex.job.run;

import io.drex.device.DeviceBackend;
import io.drex.device.HeldWeights;
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
 * Compares what an engine will hold of the executor's memory with what that has, so that a run is
 * refused with the settings it needs instead of being killed.
 *
 * @param weightBytes the model's weights on the heap
 * @param nativeBytes weights outside it, in the process
 * @param kvBytes K and V of every slot at its longest, on the heap
 * @param hiddenBytes hidden states of slots and prompt rows, and the layers' working space, there
 * @param taskBytes prompts and completions in flight, and Spark's own needs, there
 */
public record MemoryCheck(
    long weightBytes, long nativeBytes, long kvBytes, long hiddenBytes, long taskBytes) {
  private static final long MIB = 1L << 20;

  /** What Spark reserves, and our tasks' buffers. */
  private static final long TASK_BYTES = 300 * MIB;

  /** Share of the heap that long-lived arrays may fill before collections dominate. */
  private static final double USABLE = 0.9;

  /**
   * What one engine of this model on this device will hold. Of a device's own memory it says
   * nothing: opening the engine checks that.
   */
  public static MemoryCheck of(LoadedModel model, DrexConfig config, DeviceBackend device) {
    HeldWeights weights = device.weights(model);
    if (weights.isOnDevice()) {
      return new MemoryCheck(weights.heapBytes(), weights.nativeBytes(), 0, 0, TASK_BYTES);
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
        weights.heapBytes(),
        weights.nativeBytes(),
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
   * Compares with what executors (or, in local mode, the driver) have.
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
    requireHeap(setting, heap);
    if (Masters.limitsProcesses(conf)) {
      requireOverhead(Masters.overheadBytes(conf, heap));
    }
  }

  private void requireOverhead(long overhead) {
    if (nativeBytes > overhead) {
      throw new JobException(
          ExitCode.USAGE,
          "an engine holds "
              + mib(nativeBytes)
              + " MiB of weights outside the heap, but the cluster manager ends executors that take"
              + " more than "
              + mib(overhead)
              + " MiB beside it; set --conf "
              + Masters.OVERHEAD
              + "="
              + mib(nativeBytes + overhead)
              + "m");
    }
  }

  private void requireHeap(String setting, long heap) {
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
