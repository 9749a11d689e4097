package io.drex.job.bench;

import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** T1, simulated: every policy at equal slots, decode only. */
final class PolicySpeeds {
  private static final List<Integer> SLOTS = List.of(8, 64);
  private static final List<Double> EXIT_RATES = List.of(.3, .5, .7);
  private static final String FULL_DEPTH = Presets.FULL_DEPTH.text();
  private static final String REBATCH = Presets.REBATCH.text();
  private static final List<String> ALL =
      Arrays.stream(Presets.values()).map(Presets::text).toList();

  private static final List<Column> COLUMNS =
      List.of(
          new Column("throughput", "tok/s", Basis.MODELLED, 0),
          new Column("gain over full_depth", "%", Basis.MODELLED, 1),
          new Column("gain over the best baseline that forces nothing", "%", Basis.MODELLED, 1),
          new Column("exit share", "%", Basis.MODELLED, 1),
          new Column("involuntary exits", "%", Basis.MODELLED, 1),
          new Column("involuntary stays", "%", Basis.MODELLED, 1));

  private PolicySpeeds() {}

  static Table table(SimBench bench) {
    List<Cell> cells = new ArrayList<>();
    for (int slots : SLOTS) {
      EXIT_RATES.forEach(rate -> cells.add(bench.cell(.5, rate, slots)));
    }
    return new Table(
        "T1",
        Table.Part.SIMULATED,
        "policies at equal slots, decode only",
        "The best baseline that forces nothing is the fastest other policy, `rebatch` aside, that"
            + " emitted no token below its threshold in the same draws. Rows are confident"
            + " independently of each other, which is hard on policies that decide for a whole"
            + " batch: with 64 rows `all` never leaves and `any` always does.",
        COLUMNS,
        SimBench.rows(cells, cell -> rows(bench, cell)),
        Optional.empty());
  }

  private static List<Row> rows(SimBench bench, Cell cell) {
    Scenario scenario = bench.decodeOnly(cell);
    Runs<String, Outcome> outcomes = bench.run(scenario, ALL);
    Repeats fullDepth = outcomes.figure(FULL_DEPTH, Outcome::tokensPerSecond);
    List<Row> rows = new ArrayList<>();
    outcomes.forEach(
        (policy, runs) ->
            rows.add(
                new Row(
                    bench.config(scenario, cell.exitRates(), policy),
                    speed(runs),
                    speed(runs).gainOver(fullDepth),
                    speed(runs)
                        .gainOver(
                            outcomes.best(
                                policy,
                                REBATCH,
                                PolicySpeeds::forcesNothing,
                                Outcome::tokensPerSecond)),
                    Repeats.of(runs, run -> 100 * run.exitShare()),
                    Repeats.of(runs, run -> 100 * run.involuntaryExitShare()),
                    Repeats.of(runs, run -> 100 * run.involuntaryStayShare()))));
    return rows;
  }

  private static boolean forcesNothing(Outcome run) {
    return run.involuntaryExits() == 0;
  }

  private static Repeats speed(List<Outcome> runs) {
    return Repeats.of(runs, Outcome::tokensPerSecond);
  }
}
