package io.drex.job.bench;

import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** T9, simulated: KV that early exits do not hold. */
final class KvHeld {
  private static final int SLOTS = 64;
  private static final int PROMPT_TOKENS = 128;
  private static final int OUTPUT_TOKENS = 256;
  private static final int MAX_PREFILL_TOKENS = 256;
  private static final List<Double> DEPTHS = List.of(.25, .5);
  private static final List<Double> EXIT_RATES = List.of(.3, .5, .7, .85);
  private static final double GIB = 1L << 30;

  private static final List<Column> COLUMNS =
      List.of(
          new Column("KV held at its peak", "GiB", Basis.MODELLED, 2),
          new Column("a plain cache then", "GiB", Basis.MODELLED, 2),
          new Column("saved", "%", Basis.MODELLED, 1),
          new Column("saved of generated tokens' KV in the long run", "%", Basis.MODELLED, 1));

  private KvHeld() {}

  static Table table(SimBench bench) {
    List<Cell> cells = new ArrayList<>();
    for (double depth : DEPTHS) {
      EXIT_RATES.forEach(rate -> cells.add(bench.cell(depth, rate, SLOTS)));
    }
    return new Table(
        "T9",
        Table.Part.SIMULATED,
        "KV held against a plain cache, KV method map",
        "Blocks of 16 tokens allocated to sequences, at the moment when most were. Prompts never"
            + " exit and hold all layers; of a generated token's KV the share that no layer needs"
            + " is the exit share times the layers behind the ramp.",
        COLUMNS,
        SimBench.rows(cells, cell -> List.of(row(bench, cell))),
        Optional.empty());
  }

  private static Row row(SimBench bench, Cell cell) {
    Demand.Batch batch = bench.batch(SLOTS, PROMPT_TOKENS, OUTPUT_TOKENS);
    Scenario scenario = cell.batch(batch, MAX_PREFILL_TOKENS);
    List<Outcome> runs = bench.run(scenario);
    double gibPerTokenLayer = bench.shape().kvBytesPerTokenLayer() / GIB;
    double behindRamp = 1 - cell.rampDepths().get(0) / (double) cell.layers();
    Repeats held = Repeats.of(runs, run -> run.heldTokenLayersPeak() * gibPerTokenLayer);
    Repeats plain = Repeats.of(runs, run -> run.plainTokenLayersAtPeak() * gibPerTokenLayer);
    return new Row(
        bench.config(scenario, cell.exitRates(), Presets.REBATCH.text()),
        held,
        plain,
        held.with(plain, (some, all) -> 100 * (1 - some / all)),
        Repeats.of(runs, run -> 100 * run.exitShare() * behindRamp));
  }
}
