package io.drex.device.cuda.bench;

import io.drex.cost.CostTableFile;
import io.drex.device.DeviceBackend;
import io.drex.device.PrefixSharing;
import io.drex.device.cuda.bench.Part.State;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
                ("Engine runs, end to end: requests of %d prompt and %d new"
                        + " tokens, %d slots, the same KV cache. A gain is over as many requests"
                        + " at full depth.")
                    .formatted(load.promptTokens(), load.newTokens(), load.slots()),
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
    double start = bench.out().secondsLeft();
    Map<Integer, List<EngineRun>> full = fullDepth(List.of(load.requests(), fewer()));
    double spent = start - bench.out().secondsLeft();
    List<Double> rates = sizes.exitRates();
    measureAll(rates.subList(0, 1), full, spent);
    measureAll(rates.subList(1, rates.size()), full, spent);
    again(full);
  }

  /** Of ramps at a quarter, which matter less. */
  private int fewer() {
    return Math.max(load.slots(), load.requests() / 2);
  }

  /**
   * Ramps at a half and at a quarter.
   *
   * @param kept seconds that are left over for full depth again
   */
  private void measureAll(List<Double> rates, Map<Integer, List<EngineRun>> full, double kept)
      throws IOException, InterruptedException {
    int layers = model.spec().layers();
    for (int depth : new int[] {layers / 2, layers / 4}) {
      ModelSpec spec = model.spec();
      RampSpec ramp = spec.ramps().get(0);
      List<RampSpec> one = List.of(new RampSpec(depth, ramp.metric(), ramp.threshold()));
      int requests = depth == layers / 2 ? load.requests() : fewer();
      for (double rate : rates) {
        if (bench.out().secondsLeft() < kept) {
          bench.out().ended(State.INCOMPLETE, "not all exit rates had time");
          return;
        }
        List<EngineRun> beside = Objects.requireNonNull(full.get(requests));
        rebatch(model.withSpec(spec.withRamps(one)), depth, rate, requests, beside);
      }
    }
  }

  /** Runs without ramps, by their number of requests. */
  private Map<Integer, List<EngineRun>> fullDepth(List<Integer> counts)
      throws InterruptedException {
    Map<Integer, List<EngineRun>> full = new LinkedHashMap<>();
    DeviceBackend plain = Backends.select(Devices.STRICT);
    try (DrexEngine engine = DrexEngine.open(model, options("full_depth"), plain)) {
      warmUp(engine);
      for (int requests : counts) {
        full.put(requests, runs(engine, requests));
      }
    }
    return full;
  }

  /** What full depth is after all others: whether the device became slower meanwhile. */
  private void again(Map<Integer, List<EngineRun>> full) throws InterruptedException {
    if (!bench.out().hasTime()) {
      return;
    }
    List<EngineRun> before = Objects.requireNonNull(full.get(load.requests()));
    int requests = load.requests();
    List<EngineRun> after =
        Objects.requireNonNull(fullDepth(List.of(requests)).get(requests), "runs");
    rows.add(
        row("none, full_depth once more", "", requests)
            .with("full_depth", speeds(before))
            .with("full_depth again", speeds(after))
            .with("drift", gains(after, before, true)));
  }

  private Row row(String ramp, String rate, int requests) {
    return Row.of(
        "device",
        Devices.STRICT,
        "model",
        shapeName,
        "ramp",
        ramp,
        "exit rate",
        rate,
        "requests",
        String.valueOf(requests),
        "exits",
        rate.isEmpty() ? "none" : "replayed");
  }

  private void rebatch(LoadedModel cut, int depth, double rate, int requests, List<EngineRun> full)
      throws IOException, InterruptedException {
    Row row = row(depth + " of " + cut.spec().layers(), String.valueOf(rate), requests);
    Path costs = bench.folder().resolve("costs-" + depth + ".json");
    DeviceBackend backend = Backends.replaying(Backends.select(Devices.STRICT), trace(rate));
    EngineOptions options = options("rebatch").withCostTable(costs.toString());
    List<EngineRun> runs;
    double planned;
    try (DrexEngine engine = DrexEngine.open(cut, options, backend)) {
      warmUp(engine);
      runs = runs(engine, requests);
      planned = engine.snapshot().exitGain(); // 0 if the engine forecast none
    }
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
    row = row.with("forecast, H200 model", Figure.of("%", forecast(modelled, requests)));
    if (Files.exists(costs)) {
      Cell measured =
          new Cell(
              CostTableFile.read(costs),
              cut.spec().layers(),
              List.of(depth),
              List.of(rate),
              load.slots());
      row = row.with("forecast, measured costs", Figure.of("%", forecast(measured, requests)));
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

  private void warmUp(DrexEngine engine) throws InterruptedException {
    EngineRun.of(engine, prompts(load.slots()), Math.min(WARM_UP_TOKENS, load.newTokens()));
  }

  private List<EngineRun> runs(DrexEngine engine, int requests) throws InterruptedException {
    List<EngineRun> runs = new ArrayList<>();
    for (int i = 0; i < sizes.repeats(); i++) {
      runs.add(EngineRun.of(engine, prompts(requests), load.newTokens()));
    }
    return runs;
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
  private double forecast(Cell cell, int requests) {
    Demand.Batch batch = Demand.Batch.of(requests, load.promptTokens(), load.newTokens());
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
