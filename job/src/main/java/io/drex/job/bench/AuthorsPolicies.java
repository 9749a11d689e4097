package io.drex.job.bench;

import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.List;
import java.util.Optional;

/** T3, simulated: who exits and who is forced to, beside the published figures. */
final class AuthorsPolicies {
  /**
   * A policy and what was published of it; NaN where nothing was.
   *
   * @param involuntaryExits percent of the tokens
   * @param quality BERTScore, F1
   */
  private record Published(
      String policy, int slots, double speed, double involuntaryExits, double quality) {}

  private static final double NOTHING = Double.NaN;

  private static final List<Published> PUBLISHED =
      List.of(
          new Published("full_depth", Authors.BATCH, 116.8, NOTHING, .812),
          new Published("any", Authors.BATCH, 156.3, 26.2, .711),
          new Published("all", Authors.BATCH, 116.0, NOTHING, .815),
          new Published("median", Authors.BATCH, 118.0, 35.2, .808),
          new Published("latency_only", Authors.BATCH, 116.3, NOTHING, .787),
          new Published("art:0", Authors.ART_SLOTS, 133.2, 0, .773),
          new Published("rebatch", Authors.BATCH, NOTHING, NOTHING, NOTHING),
          new Published("rebatch", Authors.ART_SLOTS, NOTHING, NOTHING, NOTHING));

  private static final List<Column> COLUMNS =
      List.of(
          new Column("throughput", "tok/s", Basis.MODELLED, 1),
          new Column("theirs", "tok/s", Basis.PUBLISHED, 1),
          new Column("exit share", "%", Basis.MODELLED, 1),
          new Column("involuntary exits", "%", Basis.MODELLED, 1),
          new Column("their involuntary exits", "%", Basis.PUBLISHED, 1),
          new Column("involuntary stays", "%", Basis.MODELLED, 1),
          new Column("their BERTScore", "", Basis.PUBLISHED, 3));

  private AuthorsPolicies() {}

  static Table table(SimBench bench) {
    return new Table(
        "T3",
        Table.Part.SIMULATED,
        "exit share, involuntary exits and stays, beside the published Llama-2-70B figures",
        "Batches of 8, one ramp after 50 of 80 layers; the published step times are taken for calls"
            + " of any size, and "
            + 100 * Authors.CONFIDENT
            + " % of the rows are confident, independently of each other. Theirs are not: where"
            + " one row is confident others are too, and so `any` and `median` force more rows out"
            + " here than they did there. `art` holds 17 sequences where its baselines hold 8;"
            + " `rebatch` is shown with either number.",
        COLUMNS,
        SimBench.rows(PUBLISHED, published -> List.of(row(bench, published))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Published published) {
    Cell cell = Authors.cell(published.slots, Authors.CONFIDENT);
    Scenario scenario = Cell.under(published.policy, Authors.decodeOnly(cell, bench.tokens()));
    List<Outcome> runs = bench.run(scenario);
    return new Row(
        bench.config(scenario, cell.exitRates(), published.policy),
        Repeats.of(runs, Outcome::tokensPerSecond),
        known(published.speed),
        Repeats.of(runs, run -> 100 * run.exitShare()),
        Repeats.of(runs, run -> 100 * run.involuntaryExitShare()),
        known(published.involuntaryExits),
        Repeats.of(runs, run -> 100 * run.involuntaryStayShare()),
        known(published.quality));
  }

  private static Repeats known(double published) {
    return Double.isNaN(published) ? Repeats.NONE : Repeats.once(published);
  }
}
