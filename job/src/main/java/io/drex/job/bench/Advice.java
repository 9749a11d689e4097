package io.drex.job.bench;

import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPlan;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** N2: what the planner says, and what then happens. */
final class Advice {
  private static final List<Integer> SLOTS = List.of(16, 64, 128);
  private static final List<Double> DEPTHS = List.of(.25, .5);
  private static final List<Double> EXIT_RATES = List.of(.02, .1, .3, .5, .85);

  private static final List<Column> COLUMNS =
      List.of(
          new Column("flush threshold T*", "rows", Basis.MODELLED, 0),
          new Column("forecast gain of rebatch over full_depth", "%", Basis.MODELLED, 1),
          new Column("gain in the simulation", "%", Basis.MODELLED, 1),
          new Column("rebatch as a share of the best fixed threshold", "%", Basis.MODELLED, 1),
          new Column("lost by following the advice", "%", Basis.MODELLED, 2));

  private Advice() {}

  static Table table(SimBench bench) {
    List<Cell> cells = new ArrayList<>();
    for (int slots : SLOTS) {
      for (double depth : DEPTHS) {
        EXIT_RATES.forEach(rate -> cells.add(bench.cell(depth, rate, slots)));
      }
    }
    return new Table(
        "N2",
        Table.Part.SIMULATED,
        "the planner's advice against what happens",
        "The forecast knows costs and exit rates and runs nothing; it advises `rebatch` where it"
            + " promises a gain, else `full_depth`. Lost by following it: the speed of the advised"
            + " policy below that of the better one. Fixed thresholds tried: T*, half and twice of"
            + " it, 1 and all slots.",
        COLUMNS,
        SimBench.rows(cells, cell -> List.of(row(bench, cell))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Cell cell) {
    FlushPlan plan = cell.planner().plan(cell.decoding(SimBench.contextTokens(cell.slots())));
    int threshold = plan.table().enoughRows(1, cell.slots());
    Scenario scenario = bench.decodeOnly(cell);
    Repeats rebatch = speed(bench, scenario);
    Repeats fullDepth = speed(bench, Cell.under(Presets.FULL_DEPTH.text(), scenario));
    Repeats better = rebatch.with(fullDepth, Math::max);
    Repeats advised = plan.exitGain() > 1 ? rebatch : fullDepth;
    Repeats best = rebatch;
    for (int fixed : List.of(1, Math.max(1, threshold / 2), 2 * threshold, cell.slots())) {
      best = best.with(speed(bench, flushing(scenario, fixed)), Math::max);
    }
    return new Row(
        bench.config(scenario, cell.exitRates(), "rebatch and full_depth"),
        Repeats.once(threshold),
        Repeats.once(100 * (plan.exitGain() - 1)),
        rebatch.gainOver(fullDepth),
        rebatch.with(best, (mine, its) -> 100 * mine / its),
        advised.with(better, (mine, its) -> 100 * (1 - mine / its)));
  }

  private static Scenario flushing(Scenario scenario, int rows) {
    return scenario.with(
        new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(rows, Cell.MAX_BUFFER_AGE_STEPS));
  }

  private static Repeats speed(SimBench bench, Scenario scenario) {
    return Repeats.of(bench.run(scenario), Outcome::tokensPerSecond);
  }
}
