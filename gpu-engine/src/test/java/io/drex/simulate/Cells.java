package io.drex.simulate;

import io.drex.device.sim.ExitProcess;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushLoad;
import io.drex.policy.FlushPlanner;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.Presets;
import java.util.List;

/** Scenarios of one ramp: the 13B shape on the H200 table, as {@code rebatch} plans it. */
final class Cells {
  static final int MAX_AGE = 100;
  private static final ModelShape SHAPE = ModelShape.LLAMA_2_13B;

  private Cells() {}

  static Scenario decodeOnly(
      int slots, int context, double depthShare, double exitRate, long tokens) {
    int depth = (int) Math.round(depthShare * SHAPE.layers());
    CostTable costs = CostTable.modelled(Gpu.H200, SHAPE, depth);
    FlushLoad load = FlushLoad.decodeOnly(List.of(exitRate), context);
    return new Scenario(
        costs,
        SHAPE.layers(),
        List.of(depth),
        ExitProcess.Bernoulli.of(exitRate),
        new ExitPolicy.Rebatch(),
        planned(costs, slots, load),
        slots,
        64,
        new Demand.DecodeOnly(slots, context, tokens),
        1);
  }

  static Scenario batch(int slots, double exitRate, Demand.Batch batch) {
    int depth = SHAPE.layers() / 2;
    CostTable costs = CostTable.modelled(Gpu.H200, SHAPE, depth);
    int prompt = batch.promptTokens()[0];
    int output = batch.outputTokens()[0];
    FlushLoad load = new FlushLoad(List.of(exitRate), prompt + output / 2.0, prompt, output, 256);
    return new Scenario(
        costs,
        SHAPE.layers(),
        List.of(depth),
        ExitProcess.Bernoulli.of(exitRate),
        new ExitPolicy.Rebatch(),
        planned(costs, slots, load),
        slots,
        256,
        batch,
        1);
  }

  private static FlushPolicy planned(CostTable costs, int slots, FlushLoad load) {
    return new FlushPolicy.Planned(
        new FlushPlanner(costs, slots, MAX_AGE).plan(load).table(), MAX_AGE);
  }

  /** The paper's policy with 2b + 1 of the same slots, its batches flushed when b rows wait. */
  static Scenario art(Scenario like, String preset) {
    ExitPolicy art = Presets.exitPolicy(preset);
    return like.with(art, new FlushPolicy.Fixed(art.batchRows(like.slots()), MAX_AGE));
  }

  static Scenario fullDepth(Scenario like) {
    return like.with(new ExitPolicy.FullDepth(), new FlushPolicy.Fixed(1, MAX_AGE));
  }

  /**
   * Tokens per second of {@code full_depth} if each of its steps also read the ramp's head and had
   * a launch more.
   */
  static double fullDepthWithHead(Scenario like) {
    Outcome fullDepth = Simulation.run(fullDepth(like));
    int context = like.slots() * like.demand().contextTokens();
    double headAndLaunch = headAndLaunchMicros(like.costs(), like.slots(), context);
    return fullDepth.tokens() / (fullDepth.micros() + fullDepth.steps() * headAndLaunch) * 1e6;
  }

  /** The head for a row of each slot, and a launch. */
  private static double headAndLaunchMicros(CostTable costs, int rows, int context) {
    return costs.micros(0, rows, context, 0, rows)
        - costs.micros(0, rows, context, 0, 0)
        + costs.segments().get(0).launchMicros();
  }
}
