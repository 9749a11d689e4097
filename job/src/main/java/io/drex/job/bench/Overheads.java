package io.drex.job.bench;

import io.drex.device.DeviceModel;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.policy.CostTable;
import io.drex.policy.Presets;
import io.drex.simulate.Cell;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import io.drex.simulate.Simulation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** T7: what rebatching costs where nobody exits, and its parts, by batch size. */
final class Overheads {
  private static final List<Integer> SLOTS = List.of(1, 8, 16, 32, 64, 128, 256, 512);
  private static final double DEPTH = .5;
  private static final double NANOS_PER_MICRO = 1e3;
  private static final String HEAD = "the ramp's head";
  private static final String LAUNCH = "the second launch";
  private static final String LOST = "throughput lost where no row is confident";

  private static final List<Column> COLUMNS =
      List.of(
          new Column("step of full_depth", "ms", Basis.MODELLED, 2),
          new Column(HEAD, "%", Basis.MODELLED, 2),
          new Column(LAUNCH, "%", Basis.MODELLED, 2),
          new Column(LOST, "%", Basis.MODELLED, 2),
          new Column("planning and applying a step", "µs", Basis.MEASURED, 1),
          new Column("that twice, of the modelled step", "%", Basis.MEASURED, 2));

  private Overheads() {}

  static Table table(SimBench bench) {
    List<Row> rows = new ArrayList<>();
    for (int slots : SLOTS) { // one after the other, since the host is measured
      rows.add(row(bench, bench.cell(DEPTH, 0, slots)));
    }
    return new Table(
        "T7",
        Table.Part.SIMULATED,
        "overhead of rebatching and its parts",
        "One ramp at half of the depth that no row passes: every token pays for its head and for a"
            + " second device call, and nothing is gained. Percentages are of the step of"
            + " `full_depth`. Planning and applying is the scheduler's time on this host, with the"
            + " metering of the simulation in it; a token takes two such steps.",
        COLUMNS,
        rows,
        Optional.of(new Plot(SimBench.SLOTS, "", List.of(HEAD, LAUNCH, LOST))));
  }

  private static Row row(SimBench bench, Cell cell) {
    Scenario scenario = bench.decodeOnly(cell);
    List<Outcome> rebatch = new ArrayList<>();
    List<Double> hostMicros = new ArrayList<>();
    for (int seed = 1; seed <= bench.repeats(); seed++) {
      HostTime host = new HostTime();
      rebatch.add(host.run(scenario.withSeed(seed)));
      hostMicros.add(host.microsPerStep());
    }
    List<Outcome> fullDepth = bench.run(Cell.under(Presets.FULL_DEPTH.text(), scenario));
    CostTable costs = cell.costs();
    int slots = cell.slots();
    double context = (double) slots * SimBench.contextTokens(slots);
    double step = costs.fullDepthMicros(slots, context, 0, slots);
    double head = costs.micros(0, slots, context, 0, slots) - costs.micros(0, slots, context, 0, 0);
    Repeats lost =
        Repeats.of(rebatch, Outcome::tokensPerSecond)
            .with(
                Repeats.of(fullDepth, Outcome::tokensPerSecond),
                (mine, its) -> 100 * (1 - mine / its));
    return new Row(
        bench.config(scenario, cell.exitRates(), Presets.REBATCH.text()),
        Repeats.once(step / 1e3),
        Repeats.once(100 * head / step),
        Repeats.once(100 * costs.segments().get(1).launchMicros() / step),
        lost,
        Repeats.of(hostMicros, micros -> micros),
        Repeats.of(hostMicros, micros -> 100 * 2 * micros / step));
  }

  /** Runs a scenario and takes the time that its host spends outside of device calls. */
  private static final class HostTime {
    private long deviceNanos;
    private long nanos;
    private long steps;

    Outcome run(Scenario scenario) {
      Simulation simulation = new Simulation(scenario, (model, options) -> timed(model));
      long start = System.nanoTime();
      Outcome outcome = simulation.run(micros -> steps++);
      nanos = System.nanoTime() - start;
      return outcome;
    }

    double microsPerStep() {
      return (nanos - deviceNanos) / NANOS_PER_MICRO / steps;
    }

    private DeviceModel timed(DeviceModel model) {
      return new DeviceModel() {
        @Override
        public void runSegment(int segment, RowBatch rows, HeadReadings out) {
          long start = System.nanoTime();
          model.runSegment(segment, rows, out);
          deviceNanos += System.nanoTime() - start;
        }

        @Override
        public void fillKv(int exitSegment, RowBatch rows) {
          long start = System.nanoTime();
          model.fillKv(exitSegment, rows);
          deviceNanos += System.nanoTime() - start;
        }

        @Override
        public long memoryBytes() {
          return model.memoryBytes();
        }

        @Override
        public void close() {
          model.close();
        }
      };
    }
  }
}
