package io.drex.simulate;

import io.drex.device.CacheGeometry;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.sim.ExitProcess;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.schedule.Limits;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All that a simulated run depends on.
 *
 * @param costs of the segments that the ramps make
 * @param layers decoder layers
 * @param rampDepths increasing, in (0, layers). [ramp]
 * @param exits how sure rows are
 * @param policy who leaves; under one that looks at no ramp the segments run as one call
 * @param flush when buffers are flushed
 * @param slots sequences alive at once
 * @param maxPrefillTokens most prompt rows of one step
 * @param demand what is asked
 * @param seed makes every sequence another one
 */
public record Scenario(
    CostTable costs,
    int layers,
    List<Integer> rampDepths,
    ExitProcess exits,
    ExitPolicy policy,
    FlushPolicy flush,
    int slots,
    int maxPrefillTokens,
    Demand demand,
    long seed) {

  private static final int BLOCK_TOKENS = CacheGeometry.USUAL_BLOCK_TOKENS;
  private static final float THRESHOLD = .5f; // any: rates are stated, not thresholds

  public Scenario {
    rampDepths = List.copyOf(rampDepths);
    if (rampDepths.size() + 1 != costs.segments().size()) {
      throw new IllegalArgumentException(
          rampDepths.size()
              + " ramps do not make the "
              + costs.segments().size()
              + " segments of cost table "
              + costs.name());
    }
  }

  /** The same with another policy. */
  public Scenario with(ExitPolicy otherPolicy, FlushPolicy otherFlush) {
    return new Scenario(
        costs,
        layers,
        rampDepths,
        exits,
        otherPolicy,
        otherFlush,
        slots,
        maxPrefillTokens,
        demand,
        seed);
  }

  /** The same with rows that are otherwise sure. */
  public Scenario withExits(ExitProcess other) {
    return new Scenario(
        costs, layers, rampDepths, other, policy, flush, slots, maxPrefillTokens, demand, seed);
  }

  /** The same with other draws. */
  public Scenario withSeed(long other) {
    return new Scenario(
        costs, layers, rampDepths, exits, policy, flush, slots, maxPrefillTokens, demand, other);
  }

  /** A model without weights, cut at the ramps that the policy looks at. */
  LoadedModel model() {
    List<RampSpec> ramps =
        rampDepths.stream()
            .map(depth -> new RampSpec(depth, ConfidenceMetric.MARGIN, THRESHOLD))
            .toList();
    ModelSpec spec =
        new ModelSpec(
            ModelFamily.LLAMA,
            layers,
            1,
            1,
            1,
            1,
            1,
            1 << 16,
            1 << 20,
            1e-5f,
            10_000,
            true,
            policy.activeRamps(ramps));
    return new LoadedModel(spec, Set.of(), "simulated", Map.of());
  }

  /** Sizes that hold every slot at its longest. */
  Limits limits(ModelSpec spec) {
    int longest = longestSequence();
    int blocks = slots * ((longest + BLOCK_TOKENS - 1) / BLOCK_TOKENS);
    CacheGeometry cache = new CacheGeometry(spec.ramps().size() + 1, BLOCK_TOKENS, blocks);
    return new Limits(cache, KvFill.MAP, slots, maxPrefillTokens, longest);
  }

  /** The same for the device. */
  static DeviceOptions device(Limits limits) {
    return new DeviceOptions(
        limits.cache(),
        limits.kvFill(),
        ConfidenceMetric.MARGIN,
        limits.slots(),
        limits.maxSequenceTokens(),
        limits.maxPrefillTokens(),
        limits.maxRows(),
        1);
  }

  private int longestSequence() {
    int[] prompts = demand.promptTokens();
    int[] outputs = demand.outputTokens();
    int longest = 0;
    for (int request = 0; request < prompts.length; request++) {
      longest = Math.max(longest, prompts[request] + outputs[request]);
    }
    return longest;
  }
}
