package io.drex.job.bench;

import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** N3: end to end, prompts and finite outputs included. */
final class WithPrefill {
  private record Case(Cell cell, int promptTokens, int outputTokens) {}

  private static final List<Integer> SLOTS = List.of(16, 64);
  private static final List<Double> EXIT_RATES = List.of(.3, .5, .7, .85);
  private static final int MAX_PREFILL_TOKENS = 256;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("full_depth", "tok/s", Basis.MODELLED, 0),
          new Column("art", "tok/s", Basis.MODELLED, 0),
          new Column("rebatch", "tok/s", Basis.MODELLED, 0),
          new Column("rebatch over full_depth", "%", Basis.MODELLED, 1),
          new Column("rebatch as a share of the best fixed threshold", "%", Basis.MODELLED, 1),
          new Column("P99 completion time over full_depth's", "×", Basis.MODELLED, 2));

  private WithPrefill() {}

  static Table table(SimBench bench) {
    List<Case> cases = new ArrayList<>();
    for (int slots : SLOTS) {
      for (double rate : EXIT_RATES) {
        cases.add(new Case(bench.cell(.5, rate, slots), 512, 64));
        cases.add(new Case(bench.cell(.5, rate, slots), 128, 256));
      }
    }
    return new Table(
        "N3",
        Table.Part.SIMULATED,
        "with prefill, end to end",
        "A queue is worked off to its end: chunked prompts share the device with decoding, buffered"
            + " rows ride with them, and at the end fewer and fewer sequences are alive. Fixed"
            + " thresholds tried: 1, and a quarter, a half and all of the slots. Completion times"
            + " count from a request's slot.",
        COLUMNS,
        SimBench.rows(cases, one -> List.of(row(bench, one))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Case one) {
    int slots = one.cell.slots();
    Demand.Batch batch = bench.batch(slots, one.promptTokens, one.outputTokens);
    Scenario scenario = one.cell.batch(batch, MAX_PREFILL_TOKENS);
    List<Outcome> rebatch = bench.run(scenario);
    List<Outcome> fullDepth = bench.run(Cell.under(Presets.FULL_DEPTH.text(), scenario));
    List<Outcome> art = bench.run(Cell.under(Presets.ART.text(), scenario));
    Repeats best = speed(rebatch);
    for (int fixed : List.of(1, slots / 4, slots / 2, slots)) {
      Scenario other =
          scenario.with(
              new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(fixed, Cell.MAX_BUFFER_AGE_STEPS));
      best = best.with(speed(bench.run(other)), Math::max);
    }
    return new Row(
        bench.config(scenario, one.cell.exitRates(), "those of the columns"),
        speed(fullDepth),
        speed(art),
        speed(rebatch),
        speed(rebatch).gainOver(speed(fullDepth)),
        speed(rebatch).with(best, (mine, its) -> 100 * mine / its),
        late(rebatch).with(late(fullDepth), (mine, its) -> mine / its));
  }

  private static Repeats speed(List<Outcome> runs) {
    return Repeats.of(runs, Outcome::tokensPerSecond);
  }

  private static Repeats late(List<Outcome> runs) {
    return Repeats.of(runs, run -> run.requestMicros().quantile(.99));
  }
}
