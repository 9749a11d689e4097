package io.drex.job.bench;

import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** T6: two ramps, decode only, equal slots. */
final class TwoRamps {
  private static final List<List<Double>> DEPTHS = List.of(List.of(.25, .5), List.of(.5, .75));
  private static final List<Integer> SLOTS = List.of(32, 128);
  private static final List<Double> EXIT_RATES = List.of(.3, .5, .7);
  private static final String FULL_DEPTH = Presets.FULL_DEPTH.text();
  private static final List<String> POLICIES =
      List.of(FULL_DEPTH, Presets.ART.text(), Presets.REBATCH.text());

  private static final List<Column> COLUMNS =
      List.of(
          new Column("throughput", "tok/s", Basis.MODELLED, 0),
          new Column("gain over full_depth", "%", Basis.MODELLED, 1),
          new Column("exits at the first ramp", "%", Basis.MODELLED, 1),
          new Column("exits at the second ramp", "%", Basis.MODELLED, 1),
          new Column("involuntary stays", "%", Basis.MODELLED, 1),
          new Column("mean rows of a flush", "", Basis.MODELLED, 1));

  private TwoRamps() {}

  static Table table(SimBench bench) {
    List<Cell> cells = new ArrayList<>();
    for (List<Double> depths : DEPTHS) {
      for (int slots : SLOTS) {
        EXIT_RATES.forEach(rate -> cells.add(bench.cell(depths, List.of(rate, rate), slots)));
      }
    }
    return new Table(
        "T6",
        Table.Part.SIMULATED,
        "two ramps, decode only, equal slots",
        "The exit rate of the second ramp is of the rows that meet it.",
        COLUMNS,
        SimBench.rows(cells, cell -> rows(bench, cell)),
        Optional.empty());
  }

  private static List<Row> rows(SimBench bench, Cell cell) {
    Scenario scenario = bench.decodeOnly(cell);
    Runs<String, Outcome> outcomes = bench.run(scenario, POLICIES);
    Repeats fullDepth = outcomes.figure(FULL_DEPTH, Outcome::tokensPerSecond);
    List<Row> rows = new ArrayList<>();
    outcomes.forEach(
        (policy, runs) -> {
          Repeats speed = Repeats.of(runs, Outcome::tokensPerSecond);
          rows.add(
              new Row(
                  bench.config(scenario, cell.exitRates(), policy),
                  speed,
                  speed.gainOver(fullDepth),
                  Repeats.of(runs, run -> share(run, 0)),
                  Repeats.of(runs, run -> share(run, 1)),
                  Repeats.of(runs, run -> 100 * run.involuntaryStayShare()),
                  Repeats.of(runs, Outcome::meanFlushRows)));
        });
    return rows;
  }

  /** Percent of the decoded tokens emitted at a ramp; none under a policy that reads no ramp. */
  private static double share(Outcome run, int ramp) {
    long[] tokens = run.tokensBySegment();
    return ramp >= tokens.length - 1 ? 0 : 100.0 * tokens[ramp] / run.decodeTokens();
  }
}
