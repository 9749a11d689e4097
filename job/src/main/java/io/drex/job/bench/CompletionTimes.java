package io.drex.job.bench;

import io.drex.policy.FlushPolicy;
import io.drex.policy.Patience;
import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import io.drex.simulate.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** T5: how long requests take, by how long buffered rows are let wait. */
final class CompletionTimes {
  /**
   * @param rebatch planned once for all that share it
   */
  private record Case(Scenario rebatch, List<Double> exitRates, String policy, Patience patience) {}

  private static final Patience DEFAULT = new Patience(Cell.MAX_BUFFER_AGE_STEPS);
  private static final List<Patience> PATIENCES =
      List.of(
          DEFAULT,
          new Patience(Cell.MAX_BUFFER_AGE_STEPS, .1),
          new Patience(Cell.MAX_BUFFER_AGE_STEPS, 1),
          new Patience(Cell.MAX_BUFFER_AGE_STEPS, 10),
          new Patience(10),
          new Patience(3),
          new Patience(1));
  private static final List<Double> EXIT_RATES = List.of(.5, .95);
  private static final int SLOTS = 64;
  private static final int PROMPT_TOKENS = 128;
  private static final int OUTPUT_TOKENS = 128;
  private static final int MAX_PREFILL_TOKENS = 256;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double MICROS_PER_MILLI = 1e3;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("throughput", "tok/s", Basis.MODELLED, 0),
          new Column("mean completion time", "s", Basis.MODELLED, 2),
          new Column("P95 completion time", "s", Basis.MODELLED, 2),
          new Column("P99 completion time", "s", Basis.MODELLED, 2),
          new Column("P99 wait of a buffered row", "ms", Basis.MODELLED, 1),
          new Column("longest wait of a buffered row", "steps", Basis.MODELLED, 0));

  private CompletionTimes() {}

  static Table table(SimBench bench) {
    List<Case> cases = new ArrayList<>();
    for (double rate : EXIT_RATES) {
      Cell cell = bench.cell(.5, rate, SLOTS);
      Demand.Batch batch = bench.batch(SLOTS, PROMPT_TOKENS, OUTPUT_TOKENS);
      Scenario rebatch = cell.batch(batch, MAX_PREFILL_TOKENS);
      List<Double> rates = cell.exitRates();
      cases.add(new Case(rebatch, rates, Presets.FULL_DEPTH.text(), DEFAULT));
      for (String policy : List.of(Presets.ART.text(), Presets.REBATCH.text())) {
        PATIENCES.forEach(patience -> cases.add(new Case(rebatch, rates, policy, patience)));
      }
    }
    return new Table(
        "T5",
        Table.Part.SIMULATED,
        "completion times by the age factor and the bound on a buffered row's wait",
        "A queue is worked off to its end at equal slots; completion times count from a request's"
            + " slot. A buffer counts for 1 + α times the steps that its oldest row has waited, and"
            + " a row that has waited for as many steps as allowed is flushed at once; the steps of"
            + " a prompt's chunk come first.",
        COLUMNS,
        SimBench.rows(cases, one -> List.of(row(bench, one))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Case one) {
    Scenario like = Cell.under(one.policy, one.rebatch);
    Scenario scenario = like.with(like.policy(), with(one.patience, like.flush()));
    List<Outcome> runs = bench.run(scenario);
    return new Row(
        bench.config(scenario, one.exitRates, one.policy),
        Repeats.of(runs, Outcome::tokensPerSecond),
        seconds(runs, Spread::mean),
        seconds(runs, time -> time.quantile(.95)),
        seconds(runs, time -> time.quantile(.99)),
        Repeats.of(runs, run -> run.bufferedMicros().quantile(.99) / MICROS_PER_MILLI),
        Repeats.of(runs, run -> run.bufferedSteps().max()));
  }

  private static FlushPolicy with(Patience patience, FlushPolicy like) {
    if (like instanceof FlushPolicy.Planned planned) {
      return new FlushPolicy.Planned(planned.table(), patience);
    }
    if (like instanceof FlushPolicy.Art art) {
      return new FlushPolicy.Art(art.batchRows(), art.minFlushRows(), patience);
    }
    return new FlushPolicy.Fixed(((FlushPolicy.Fixed) like).flushRows(), patience);
  }

  private static Repeats seconds(List<Outcome> runs, ToDoubleFunction<Spread> figure) {
    return Repeats.of(runs, run -> figure.applyAsDouble(run.requestMicros()) / MICROS_PER_SECOND);
  }
}
