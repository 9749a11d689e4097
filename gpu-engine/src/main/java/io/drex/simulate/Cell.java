package io.drex.simulate;

import io.drex.device.sim.ExitProcess;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushLoad;
import io.drex.policy.FlushPlanner;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.Patience;
import io.drex.policy.Presets;
import java.util.List;

/**
 * A point at which policies are compared: each row passes each ramp by a chance of its own.
 *
 * @param costs of the segments that the ramps make
 * @param layers decoder layers
 * @param rampDepths increasing, in (0, layers). [ramp]
 * @param exitRates share of the rows meeting a ramp that pass it. [ramp]
 * @param slots sequences alive at once, under every policy
 */
public record Cell(
    CostTable costs, int layers, List<Integer> rampDepths, List<Double> exitRates, int slots) {

  /** Steps that a buffered row may wait, as engines have it by default. */
  public static final int MAX_BUFFER_AGE_STEPS = 100;

  private static final int DECODING_PREFILL_TOKENS = 64; // prompts of one token start the rows

  public Cell {
    rampDepths = List.copyOf(rampDepths);
    exitRates = List.copyOf(exitRates);
  }

  /**
   * A cell of a modelled GPU.
   *
   * @param depthShares where the ramps lie, in shares of the layers. [ramp]
   */
  public static Cell modelled(
      Gpu gpu, ModelShape shape, List<Double> depthShares, List<Double> exitRates, int slots) {
    List<Integer> depths =
        depthShares.stream().map(share -> (int) Math.round(share * shape.layers())).toList();
    int[] cuts = depths.stream().mapToInt(depth -> depth).toArray();
    return new Cell(CostTable.modelled(gpu, shape, cuts), shape.layers(), depths, exitRates, slots);
  }

  /** What the planner is told of rows that decode for ever. */
  public FlushLoad decoding(int contextTokens) {
    return FlushLoad.decodeOnly(exitRates, contextTokens);
  }

  /** What the planner is told of a batch whose requests are all like its first. */
  public FlushLoad serving(Demand.Batch batch, int maxPrefillTokens) {
    int prompt = batch.promptTokens()[0];
    int output = batch.outputTokens()[0];
    return new FlushLoad(exitRates, prompt + output / 2.0, prompt, output, maxPrefillTokens);
  }

  /** Finds flush thresholds for this cell. */
  public FlushPlanner planner() {
    return new FlushPlanner(costs, slots, MAX_BUFFER_AGE_STEPS);
  }

  /** Every slot decodes all the time, under {@code rebatch} with planned thresholds. */
  public Scenario decodeOnly(int contextTokens, long measuredTokens) {
    return scenario(
        decoding(contextTokens),
        DECODING_PREFILL_TOKENS,
        new Demand.DecodeOnly(slots, contextTokens, measuredTokens));
  }

  /** A queue is worked off to its end, under {@code rebatch} with planned thresholds. */
  public Scenario batch(Demand.Batch batch, int maxPrefillTokens) {
    return scenario(serving(batch, maxPrefillTokens), maxPrefillTokens, batch);
  }

  /**
   * A scenario under another policy, its buffers flushed as an engine would.
   *
   * @param rebatch under {@code rebatch}, with the thresholds to use for it
   * @param preset a name that {@link Presets} knows
   */
  public static Scenario under(String preset, Scenario rebatch) {
    ExitPolicy policy = Presets.exitPolicy(preset);
    int batchRows = policy.batchRows(rebatch.slots());
    FlushPolicy flush =
        batchRows < rebatch.slots()
            ? new FlushPolicy.Art(batchRows, batchRows, new Patience(MAX_BUFFER_AGE_STEPS))
            : rebatch.flush();
    return rebatch.with(policy, flush);
  }

  private Scenario scenario(FlushLoad load, int maxPrefillTokens, Demand demand) {
    return new Scenario(
        costs,
        layers,
        rampDepths,
        new ExitProcess.Bernoulli(exitRates),
        new ExitPolicy.Rebatch(),
        new FlushPolicy.Planned(planner().plan(load).table(), MAX_BUFFER_AGE_STEPS),
        slots,
        maxPrefillTokens,
        demand,
        1);
  }
}
