package io.drex.job.bench;

import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** T4: {@code art} with fixed rebatching thresholds, beside the published figures. */
final class AuthorsThresholds {
  /**
   * What was published of one threshold, in percent and tokens per second.
   *
   * @param stays of the tokens that came from the full depth
   */
  private record Published(int threshold, double exits, double stays, double speed) {}

  private static final List<Published> PUBLISHED =
      List.of(
          new Published(0, 46.5, 0, 133.0),
          new Published(1, 46.2, 1.7, 133.2),
          new Published(2, 29.0, 10.6, 129.3),
          new Published(3, 8.2, 20.9, 122.8),
          new Published(4, 3.5, 26.8, 121.4),
          new Published(5, 1.2, 30.8, 119.5));

  private static final String EXITS = "exit share";
  private static final String THEIR_EXITS = "their exit share";
  private static final String STAYS = "involuntary stays";
  private static final String THEIR_STAYS = "their involuntary stays";
  private static final List<Column> COLUMNS =
      List.of(
          new Column(EXITS, "%", Basis.MODELLED, 1),
          new Column(THEIR_EXITS, "%", Basis.PUBLISHED, 1),
          new Column(STAYS, "%", Basis.MODELLED, 1),
          new Column(THEIR_STAYS, "%", Basis.PUBLISHED, 1),
          new Column("throughput", "tok/s", Basis.MODELLED, 1),
          new Column("theirs", "tok/s", Basis.PUBLISHED, 1));

  private AuthorsThresholds() {}

  static Table table(SimBench bench) {
    return new Table(
        "T4",
        Table.Part.SIMULATED,
        "fixed rebatching thresholds of art, beside the published Llama-2-70B figures",
        "At each threshold as many rows are confident as their figures say: those that left, and"
            + " those that wanted to and had to stay. A batch that goes on takes two calls here,"
            + " t_s + t_d, and one there, t_f: thresholds that hold most rows back are slower here"
            + " than they were.",
        COLUMNS,
        SimBench.rows(PUBLISHED, published -> List.of(row(bench, published))),
        Optional.of(
            new Plot(SimBench.THRESHOLD, "", List.of(EXITS, THEIR_EXITS, STAYS, THEIR_STAYS))));
  }

  private static Row row(SimBench bench, Published published) {
    double exits = published.exits / 100;
    double confident = exits + published.stays / 100 * (1 - exits);
    Cell cell = Authors.cell(Authors.ART_SLOTS, Math.round(1e4 * confident) / 1e4);
    Scenario scenario =
        Cell.under("art:" + published.threshold, Authors.decodeOnly(cell, bench.tokens()));
    List<Outcome> runs = bench.run(scenario);
    Map<String, String> config = bench.config(scenario, cell.exitRates(), "art");
    config.put(SimBench.THRESHOLD, Integer.toString(published.threshold));
    return new Row(
        config,
        Repeats.of(runs, run -> 100 * run.exitShare()),
        Repeats.once(published.exits),
        Repeats.of(runs, run -> 100 * run.involuntaryStayShare()),
        Repeats.once(published.stays),
        Repeats.of(runs, Outcome::tokensPerSecond),
        Repeats.once(published.speed));
  }
}
