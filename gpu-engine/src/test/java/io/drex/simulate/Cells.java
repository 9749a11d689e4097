package io.drex.simulate;

import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.util.List;

/** Scenarios of one ramp: the 13B shape on the H200 table, as {@code rebatch} plans it. */
final class Cells {
  static final int MAX_AGE = Cell.MAX_BUFFER_AGE_STEPS;

  private Cells() {}

  static Scenario decodeOnly(
      int slots, int context, double depthShare, double exitRate, long tokens) {
    return cell(slots, depthShare, exitRate).decodeOnly(context, tokens);
  }

  static Scenario batch(int slots, double exitRate, Demand.Batch batch) {
    return cell(slots, .5, exitRate).batch(batch, 256);
  }

  private static Cell cell(int slots, double depthShare, double exitRate) {
    return Cell.modelled(
        Gpu.H200, ModelShape.LLAMA_2_13B, List.of(depthShare), List.of(exitRate), slots);
  }

  /** The paper's policy with 2b + 1 of the same slots, its batches flushed when b rows wait. */
  static Scenario art(Scenario like, String preset) {
    return Cell.under(preset, like);
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
