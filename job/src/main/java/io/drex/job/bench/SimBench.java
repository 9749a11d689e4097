package io.drex.job.bench;

import io.drex.job.verdict.Build;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import io.drex.policy.Patience;
import io.drex.simulate.Cell;
import io.drex.simulate.Demand;
import io.drex.simulate.Outcome;
import io.drex.simulate.Scenario;
import io.drex.simulate.Simulation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the simulated tables are made with.
 *
 * @param repeats runs of each scenario, with the seeds 1, 2, …
 * @param tokens to measure in each run that decodes only
 * @param rounds requests of a batch for each slot
 */
record SimBench(Gpu gpu, ModelShape shape, int repeats, long tokens, int rounds) {
  static final String SLOTS = "slots";
  static final String POLICY = "policy";
  static final String RAMPS = "ramp depths";
  static final String EXIT_RATES = "exit rates";
  static final String THRESHOLD = "rebatching threshold";

  private static final long TOKENS = 30_000;
  private static final int ROUNDS = 4;

  /** Enough for figures that differ by a percent or two between seeds. */
  static SimBench of(Gpu gpu, ModelShape shape, int repeats) {
    return new SimBench(gpu, shape, repeats, TOKENS, ROUNDS);
  }

  /** A cell of this device. */
  Cell cell(List<Double> depthShares, List<Double> exitRates, int slots) {
    return Cell.modelled(gpu, shape, depthShares, exitRates, slots);
  }

  /** A cell with one ramp. */
  Cell cell(double depthShare, double exitRate, int slots) {
    return cell(List.of(depthShare), List.of(exitRate), slots);
  }

  /** As many requests of one size as a batch has. */
  Demand.Batch batch(int slots, int promptTokens, int outputTokens) {
    return Demand.Batch.of(rounds * slots, promptTokens, outputTokens);
  }

  /** Context of the decode-only cells: shorter where long ones would not fit the memory. */
  static int contextTokens(int slots) {
    return slots > 128 ? 200 : 600;
  }

  /** Slots decode for ever under {@code rebatch}, with enough tokens for each. */
  Scenario decodeOnly(Cell cell) {
    return cell.decodeOnly(contextTokens(cell.slots()), Math.max(tokens, 40L * cell.slots()));
  }

  /** Runs a scenario once per seed. */
  List<Outcome> run(Scenario scenario) {
    List<Outcome> outcomes = new ArrayList<>();
    for (int seed = 1; seed <= repeats; seed++) {
      outcomes.add(Simulation.run(scenario.withSeed(seed)));
    }
    return outcomes;
  }

  /** Runs a scenario under each policy, all with the same draws. */
  Runs<String, Outcome> run(Scenario rebatch, List<String> presets) {
    Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();
    presets.forEach(preset -> outcomes.put(preset, run(Cell.under(preset, rebatch))));
    return new Runs<>(outcomes);
  }

  /** Makes rows on all cores, in the order of what they are made of. */
  static <T> List<Row> rows(List<T> cells, Function<T, List<Row>> make) {
    return cells.parallelStream().map(make).flatMap(List::stream).toList();
  }

  /** What a row depends on; the name of its policy comes last. */
  Map<String, String> config(Scenario scenario, List<Double> exitRates, String policy) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("build", Build.version());
    config.put("costs", scenario.costs().name());
    config.put("layers", Integer.toString(scenario.layers()));
    config.put(RAMPS, list(scenario.rampDepths()));
    config.put(EXIT_RATES, list(exitRates));
    config.put("exits", "independent");
    config.put(SLOTS, Integer.toString(scenario.slots()));
    config.put("max prefill tokens", Integer.toString(scenario.maxPrefillTokens()));
    FlushPolicy flush = scenario.flush();
    Patience patience = flush.patience();
    config.put("flush rows", flushRows(flush, scenario.slots()));
    config.put("max buffer age steps", Integer.toString(patience.maxAgeSteps()));
    config.put("buffer age factor", Double.toString(patience.ageFactor()));
    config.putAll(demand(scenario.demand()));
    config.put("seeds", "1 to " + repeats);
    config.put(POLICY, policy);
    return config;
  }

  private static String flushRows(FlushPolicy flush, int slots) {
    return flush instanceof FlushPolicy.Planned
        ? "planned"
        : Integer.toString(flush.enoughRows(1, slots));
  }

  private static Map<String, String> demand(Demand demand) {
    Map<String, String> config = new LinkedHashMap<>();
    if (demand instanceof Demand.DecodeOnly decode) {
      config.put("demand", "decode only");
      config.put("context tokens", Integer.toString(decode.contextTokens()));
      config.put("measured tokens", Long.toString(decode.measuredTokens()));
    } else {
      config.put("demand", "batch to its end");
      config.put("prompt tokens", Integer.toString(demand.promptTokens()[0]));
      config.put("output tokens", Integer.toString(demand.outputTokens()[0]));
      config.put("requests", Integer.toString(demand.promptTokens().length));
    }
    return config;
  }

  private static String list(List<? extends Number> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
