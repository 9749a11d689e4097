package io.drex.job.bench;

import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** N1: what early exits bring where every policy holds the same number of sequences. */
final class EqualSlots {
  private static final List<Integer> SLOTS = List.of(8, 16, 32, 64, 128, 256, 512);
  private static final List<Double> EXIT_RATES = List.of(.3, .5, .7, .85);
  private static final String FULL_DEPTH = Presets.FULL_DEPTH.text();
  private static final String ART = Presets.ART.text();
  private static final String ART_ALWAYS = "art:0";
  private static final String REBATCH = Presets.REBATCH.text();
  private static final String GAIN = "rebatch over full_depth";

  private static final List<Column> COLUMNS =
      List.of(
          new Column(FULL_DEPTH, "tok/s", Basis.MODELLED, 0),
          new Column(ART, "tok/s", Basis.MODELLED, 0),
          new Column(ART_ALWAYS, "tok/s", Basis.MODELLED, 0),
          new Column(REBATCH, "tok/s", Basis.MODELLED, 0),
          new Column(GAIN, "%", Basis.MODELLED, 1),
          new Column("rebatch over the better art", "%", Basis.MODELLED, 1),
          new Column("the better art over full_depth", "%", Basis.MODELLED, 1));

  private EqualSlots() {}

  static Table table(SimBench bench) {
    List<Cell> cells = new ArrayList<>();
    for (double rate : EXIT_RATES) {
      SLOTS.forEach(slots -> cells.add(bench.cell(.5, rate, slots)));
    }
    return new Table(
        "N1",
        Table.Part.SIMULATED,
        "equal slots, decode only",
        "All policies hold the same number S of sequences: `full_depth` and `rebatch` run all of"
            + " them, `art` batches of (S - 1) / 2, its buffer in the other half; `art` with its"
            + " measured threshold, `art:0` with every confident row leaving. The published"
            + " comparison gives `art` twice the sequences of its baselines.",
        COLUMNS,
        SimBench.rows(cells, cell -> List.of(row(bench, cell))),
        Optional.of(new Plot(SimBench.SLOTS, SimBench.EXIT_RATES, List.of(GAIN))));
  }

  private static Row row(SimBench bench, Cell cell) {
    Scenario scenario = bench.decodeOnly(cell);
    Runs<String, Outcome> outcomes =
        bench.run(scenario, List.of(FULL_DEPTH, ART, ART_ALWAYS, REBATCH));
    Repeats fullDepth = speed(outcomes, FULL_DEPTH);
    Repeats art = speed(outcomes, ART);
    Repeats artAlways = speed(outcomes, ART_ALWAYS);
    Repeats betterArt = art.with(artAlways, Math::max);
    Repeats rebatch = speed(outcomes, REBATCH);
    return new Row(
        bench.config(scenario, cell.exitRates(), "those of the columns"),
        fullDepth,
        art,
        artAlways,
        rebatch,
        rebatch.gainOver(fullDepth),
        rebatch.gainOver(betterArt),
        betterArt.gainOver(fullDepth));
  }

  private static Repeats speed(Runs<String, Outcome> outcomes, String policy) {
    return outcomes.figure(policy, Outcome::tokensPerSecond);
  }
}
