package io.drex.job.bench;

import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import io.drex.simulate.Simulation;
import io.drex.simulate.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** T5B: requests with deadlines, beside others without. */
final class Deadlines {
  /**
   * @param deadlineShare of the mean completion time of {@code full_depth}
   */
  private record Case(Cell cell, Scenario scenario, double deadlineShare) {}

  private static final List<Double> SHARES = List.of(1e6, 1.1, 1.0, .9, .8);
  private static final int ONE_IN = 8;
  private static final double EXIT_RATE = .95;
  private static final int SLOTS = 64;
  private static final int LATE_FLUSH_ROWS = 48;
  private static final int LATE_AGE_STEPS = 1_000;
  private static final int PROMPT_TOKENS = 128;
  private static final int OUTPUT_TOKENS = 128;
  private static final int MAX_PREFILL_TOKENS = 256;
  private static final double MICROS_PER_SECOND = 1e6;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("late, of those with a deadline", "%", Basis.MODELLED, 1),
          new Column("P99 completion time of those", "s", Basis.MODELLED, 2),
          new Column("mean completion time of all", "s", Basis.MODELLED, 2),
          new Column("P99 completion time of all", "s", Basis.MODELLED, 2),
          new Column("throughput", "tok/s", Basis.MODELLED, 0));

  private Deadlines() {}

  static Table table(SimBench bench) {
    Cell cell = bench.cell(.5, EXIT_RATE, SLOTS);
    Demand.Batch batch = bench.batch(SLOTS, PROMPT_TOKENS, OUTPUT_TOKENS);
    Scenario planned = cell.batch(batch, MAX_PREFILL_TOKENS);
    FlushPolicy late = new FlushPolicy.Fixed(LATE_FLUSH_ROWS, LATE_AGE_STEPS);
    Scenario fullDepth = Cell.under(Presets.FULL_DEPTH.text(), planned);
    double plainMicros = Simulation.run(fullDepth).requestMicros().mean();
    List<Case> cases = new ArrayList<>();
    for (double share : SHARES) {
      Scenario due =
          cell.batch(batch.withDeadline(share * plainMicros, ONE_IN), MAX_PREFILL_TOKENS);
      cases.add(new Case(cell, due, share));
      cases.add(new Case(cell, due.with(due.policy(), late), share));
    }
    return new Table(
        "T5B",
        Table.Part.SIMULATED,
        "deadlines",
        "One request in eight has a deadline, counted from its slot: a share of the mean completion"
            + " time of `full_depth`. Buffered rows that would be late are flushed in time. With"
            + " planned thresholds rows wait so little that a deadline has little to force; with"
            + " flushes of 48 rows it has.",
        COLUMNS,
        SimBench.rows(cases, one -> List.of(row(bench, one))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Case one) {
    List<Outcome> runs = bench.run(one.scenario);
    Map<String, String> config =
        bench.config(one.scenario, one.cell.exitRates(), Presets.REBATCH.text());
    config.put(
        "deadline, of full_depth's mean time",
        one.deadlineShare > 2 ? "far away" : Double.toString(one.deadlineShare));
    return new Row(
        config,
        Repeats.of(runs, Deadlines::latePercent),
        seconds(runs, run -> run.requestMicrosWithDeadline().quantile(.99)),
        seconds(runs, run -> run.requestMicros().mean()),
        seconds(runs, run -> run.requestMicros().quantile(.99)),
        Repeats.of(runs, Outcome::tokensPerSecond));
  }

  private static double latePercent(Outcome run) {
    Spread those = run.requestMicrosWithDeadline();
    return 100.0 * run.lateRequests() / Math.max(1, those.count());
  }

  private static Repeats seconds(List<Outcome> runs, ToDoubleFunction<Outcome> micros) {
    return Repeats.of(runs, run -> micros.applyAsDouble(run) / MICROS_PER_SECOND);
  }
}
