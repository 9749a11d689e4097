package io.drex.device.cuda.bench;

import io.drex.cost.CostTableFile;
import io.drex.device.DeviceBackend;
import io.drex.device.PrefixSharing;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.engine.Backends;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineOptions;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Scenario;
import io.drex.simulate.Simulation;
import io.drex.synthetic.SyntheticModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** What {@code rebatch} gains over {@code full_depth} at the same slots and KV cache. */
final class ExitsStage {
  private static final float SURE = 1;
  private static final float UNSURE = 0;
  private static final int SEQUENCES = 257; // of a trace; a prime, so that requests differ
  private static final int WARM_UP_TOKENS = 4;

  private final Bench bench;
  private final Sizes sizes;
  private final Sizes.Load load;
  private final LoadedModel model;
  private final String shapeName;
  private final Output.Rows rows;
  private int draws; // of prompts

  private ExitsStage(Bench bench) {
    this.bench = bench;
    sizes = bench.sizes();
    load = sizes.exits();
    String name = sizes.models().get(0);
    model = SyntheticModel.load(name);
    shapeName = SyntheticModel.shapeName(name);
    rows =
        bench
            .out()
            .table(
                "exits",
                "Gain of rebatch over full_depth",
                ("Engine runs, end to end: %d requests of %d prompt and %d new"
                        + " tokens, %d slots, the same KV cache.")
                    .formatted(
                        load.requests(), load.promptTokens(), load.newTokens(), load.slots()),
                "Exits are replayed: rows pass a ramp by a chance, drawn"
                    + " beforehand; the heads' work is done.",
                "Forecasts: the planner's own while it served, of decoding by"
                    + " measured costs and exit rates; and the scheduler simulated"
                    + " with the roofline model of an H200 and with the costs"
                    + " that the engine measured before it served.");
  }

  static void run(Bench bench) throws IOException, InterruptedException {
    new ExitsStage(bench).run();
  }

  private void run() throws IOException, InterruptedException {
    List<EngineRun> full = new ArrayList<>();
    DeviceBackend plain = Backends.select(Devices.STRICT);
    measure(model, options("full_depth"), plain, full);
    int layers = model.spec().layers();
    for (int depth : new int[] {layers / 2, layers / 4}) {
      ModelSpec spec = model.spec();
      RampSpec ramp = spec.ramps().get(0);
      List<RampSpec> one = List.of(new RampSpec(depth, ramp.metric(), ramp.threshold()));
      for (double rate : sizes.exitRates()) {
        if (!bench.out().hasTime()) {
          return;
        }
        rebatch(model.withSpec(spec.withRamps(one)), depth, rate, full);
      }
    }
  }

  private void rebatch(LoadedModel cut, int depth, double rate, List<EngineRun> full)
      throws IOException, InterruptedException {
    Row row =
        Row.of(
            "device",
            Devices.STRICT,
            "model",
            shapeName,
            "ramp",
            depth + " of " + cut.spec().layers(),
            "exit rate",
            String.valueOf(rate),
            "exits",
            "replayed");
    Path costs = bench.folder().resolve("costs-" + depth + ".json");
    DeviceBackend backend = Backends.replaying(Backends.select(Devices.STRICT), trace(rate));
    List<EngineRun> runs = new ArrayList<>();
    EngineOptions options = options("rebatch").withCostTable(costs.toString());
    double planned = measure(cut, options, backend, runs);
    row =
        row.with("full_depth", speeds(full))
            .with("rebatch", speeds(runs))
            .with("gain", gains(runs, full, true))
            .with("gain, decode only", gains(runs, full, false))
            .with("left at the ramp", Figure.of("%", exitShares(runs)));
    if (planned > 0) {
      row = row.with("forecast, planner", Figure.of("%", 100 * (planned - 1)));
    }
    Cell modelled = cell(depth, rate);
    row = row.with("forecast, H200 model", Figure.of("%", forecast(modelled)));
    if (Files.exists(costs)) {
      Cell measured =
          new Cell(
              CostTableFile.read(costs),
              cut.spec().layers(),
              List.of(depth),
              List.of(rate),
              load.slots());
      row = row.with("forecast, measured costs", Figure.of("%", forecast(measured)));
    }
    rows.add(row);
  }

  private EngineOptions options(String policy) {
    int longest = load.promptTokens() + load.newTokens();
    return EngineOptions.defaults()
        .withDevice(Devices.STRICT)
        .withPolicy(policy)
        .withSlots(load.slots())
        .withMaxPrefillTokens(sizes.promptRows())
        .withMaxSequenceTokens(longest)
        .withPrefixSharing(PrefixSharing.OFF)
        .withMeasureMillis(sizes.measureMillis());
  }

  /** Adds runs; returns the speed over full depth that the engine forecast, 0 if it did not. */
  private double measure(
      LoadedModel opened, EngineOptions options, DeviceBackend backend, List<EngineRun> runs)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(opened, options, backend)) {
      EngineRun.of(engine, prompts(load.slots()), Math.min(WARM_UP_TOKENS, load.newTokens()));
      for (int i = 0; i < sizes.repeats(); i++) {
        runs.add(EngineRun.of(engine, prompts(load.requests()), load.newTokens()));
      }
      return engine.snapshot().exitGain();
    }
  }

  private List<int[]> prompts(int count) {
    Random random = new Random(++draws);
    List<int[]> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(random.ints(load.promptTokens(), 0, model.spec().vocabSize()).toArray());
    }
    return prompts;
  }

  /** Rows that are sure of themselves by a chance. */
  private Trace trace(double rate) {
    Random random = new Random(SEQUENCES);
    List<TracedSequence> sequences = new ArrayList<>();
    for (int key = 0; key < SEQUENCES; key++) {
      float[] confidences = new float[load.newTokens() - 1];
      for (int i = 0; i < confidences.length; i++) {
        confidences[i] = random.nextDouble() < rate ? SURE : UNSURE;
      }
      sequences.add(new TracedSequence(key, load.newTokens(), confidences));
    }
    return new Trace(1, sequences);
  }

  private Cell cell(int depth, double rate) {
    ModelShape shape = ModelShape.of(shapeName, model.spec());
    double share = depth / (double) shape.layers();
    return Cell.modelled(Gpu.H200, shape, List.of(share), List.of(rate), load.slots());
  }

  /** Percent that exits gain in a simulation. */
  private double forecast(Cell cell) {
    Demand.Batch batch = Demand.Batch.of(load.requests(), load.promptTokens(), load.newTokens());
    Scenario rebatch = cell.batch(batch, sizes.promptRows());
    double with = Simulation.run(rebatch).tokensPerSecond();
    double without = Simulation.run(Cell.under("full_depth", rebatch)).tokensPerSecond();
    return 100 * (with / without - 1);
  }

  private static Figure speeds(List<EngineRun> runs) {
    return Figure.of("tok/s", runs.stream().mapToDouble(EngineRun::tokensPerSecond).toArray());
  }

  private static double[] exitShares(List<EngineRun> runs) {
    return runs.stream().mapToDouble(run -> 100 * run.exitShare()).toArray();
  }

  /** Of each run over one without exits. */
  private static Figure gains(List<EngineRun> runs, List<EngineRun> full, boolean endToEnd) {
    double[] gains = new double[runs.size()];
    Arrays.setAll(
        gains,
        i ->
            endToEnd
                ? runs.get(i).tokensPerSecond() / full.get(i).tokensPerSecond()
                : runs.get(i).decodeTokensPerSecond() / full.get(i).decodeTokensPerSecond());
    return Figure.of("%", Arrays.stream(gains).map(gain -> 100 * (gain - 1)).toArray());
  }
}
