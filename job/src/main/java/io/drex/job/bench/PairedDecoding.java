package io.drex.job.bench;

import io.drex.cost.CostTableFile;
import io.drex.engine.EngineOptions;
import io.drex.engine.SamplingParams;
import io.drex.job.engine.LocalEngine;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.policy.CostTable;
import io.drex.policy.FlushLoad;
import io.drex.policy.FlushPlan;
import io.drex.policy.FlushPlanner;
import io.drex.policy.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * N1, measured: decoding alone at equal slots, {@code rebatch} and {@code full_depth} in turns,
 * beside what measured costs and exit rates allow. A round fills every slot with a prompt at once
 * and decodes the same number of tokens in each, so that all slots stay taken.
 */
final class PairedDecoding {
  private static final Variant FULL_DEPTH = Variant.of(Presets.FULL_DEPTH.text());
  private static final Variant REBATCH = Variant.of(Presets.REBATCH.text());
  private static final int LEAST_NEW_TOKENS = 8;

  /** A forecast is made from the cost table, so it is measured for longer than serving needs. */
  private static final int MEASURED_LONGER = 8;

  /**
   * Rounds of each engine behind one pair of figures. A round takes a tenth of a second, and the
   * engines take turns after each, so that a second in which the machine is slow slows both.
   */
  private static final int ROUNDS = 10;

  private record Pair(EngineRun fullDepth, EngineRun rebatch) {}

  private static final List<Column> COLUMNS =
      List.of(
          new Column("full_depth", "tok/s", Basis.MEASURED, 0),
          new Column("rebatch", "tok/s", Basis.MEASURED, 0),
          new Column("gain", "×", Basis.MEASURED, 3),
          new Column("gain that costs and exit rates allow", "×", Basis.MODELLED, 3),
          new Column("reached of it", "%", Basis.MEASURED, 1),
          new Column("exit share", "%", Basis.MEASURED, 1),
          new Column("involuntary exits", "%", Basis.MEASURED, 2),
          new Column("involuntary stays per 100 tokens", "", Basis.MEASURED, 2));

  private final MeasuredBench bench;
  private final List<int[]> prompts;
  private final SamplingParams sampling;

  private PairedDecoding(MeasuredBench bench, List<int[]> prompts, int newTokens) {
    this.bench = bench;
    this.prompts = prompts;
    this.sampling = new SamplingParams(newTokens);
  }

  static Table table(MeasuredBench bench) {
    List<EngineRun> fullDepth = bench.runs(List.of(FULL_DEPTH)).of(FULL_DEPTH);
    List<int[]> outputs = fullDepth.get(0).completions().stream().map(c -> c.tokens()).toList();
    List<Integer> longest =
        IntStream.range(0, outputs.size())
            .boxed()
            .sorted(Comparator.comparing(row -> -outputs.get(row).length))
            .limit(bench.options().slots())
            .toList();
    int newTokens = outputs.get(longest.get(longest.size() - 1)).length;
    List<int[]> prompts = longest.stream().map(bench.corpus().prompts()::get).toList();
    return new PairedDecoding(bench, prompts, Math.max(LEAST_NEW_TOKENS, newTokens)).table();
  }

  private Table table() {
    Map<String, String> config = bench.config(REBATCH);
    config.put("policy", "rebatch and full_depth in turns");
    config.put("articles", Integer.toString(prompts.size()));
    config.put("max new tokens", Integer.toString(sampling.maxNewTokens()));
    config.put("max prefill tokens", Integer.toString(promptTokens()));
    config.put("measure millis", Integer.toString(measureMillis()));
    return new Table(
        "N1",
        Table.Part.MEASURED,
        "equal slots, decode only, in pairs",
        "Every slot is filled with a prompt at once, and all decode the same number of tokens, stop"
            + " tokens ignored; the articles are those with the longest summaries. Both engines"
            + " stay open and take turns. Allowed is the planner's forecast for the cost table"
            + " that the engine measured at its start and the exit rates of the runs.",
        COLUMNS,
        List.of(measure(config)),
        Optional.empty());
  }

  private Row measure(Map<String, String> config) {
    Path costs = temporaryFile();
    EngineOptions options =
        bench
            .options()
            .withMaxPrefillTokens(promptTokens())
            .withMeasureMillis(measureMillis())
            .withCostTable(costs.toString());
    LoadedModel model = bench.model();
    LoadedModel endless =
        new LoadedModel(model.spec(), Set.of(), model.contentHash(), model.tensors());
    EngineOptions fullDepthOptions = options.withPolicy(FULL_DEPTH.policy()).withCostTable("");
    EngineOptions rebatchOptions = options.withPolicy(REBATCH.policy());
    runPairs(endless, fullDepthOptions, rebatchOptions.withCostTable(""), 2); // for the compiler
    List<Pair> pairs = runPairs(endless, fullDepthOptions, rebatchOptions, bench.repeats());
    List<EngineRun> plain = pairs.stream().map(Pair::fullDepth).toList();
    List<EngineRun> exits = pairs.stream().map(Pair::rebatch).toList();
    return row(config, plain, exits, allowed(exits, costs));
  }

  private List<Pair> runPairs(
      LoadedModel endless,
      EngineOptions fullDepthOptions,
      EngineOptions rebatchOptions,
      int count) {
    List<Pair> pairs = new ArrayList<>();
    try (LocalEngine fullDepth = LocalEngine.open(endless, fullDepthOptions);
        LocalEngine rebatch = LocalEngine.open(endless, rebatchOptions)) {
      round(fullDepth); // which is slower than later ones
      round(rebatch);
      for (int i = 0; i < count; i++) {
        Pair pair = new Pair(round(fullDepth), round(rebatch));
        for (int more = 1; more < ROUNDS; more++) {
          pair = new Pair(pair.fullDepth.and(round(fullDepth)), pair.rebatch.and(round(rebatch)));
        }
        pairs.add(pair);
      }
    }
    return pairs;
  }

  private EngineRun round(LocalEngine engine) {
    return MeasuredBench.measured(engine, prompts, sampling);
  }

  private static Row row(
      Map<String, String> config, List<EngineRun> plain, List<EngineRun> exits, Repeats allowed) {
    Repeats before = Repeats.of(plain, EngineRun::decodeTokensPerSecond);
    Repeats after = Repeats.of(exits, EngineRun::decodeTokensPerSecond);
    Repeats gain = after.with(before, (mine, its) -> mine / its);
    return new Row(
        config,
        before,
        after,
        gain,
        allowed,
        allowed.isEmpty() ? allowed : gain.with(allowed, (mine, most) -> 100 * mine / most),
        Repeats.of(exits, run -> 100 * run.exitShare()),
        Repeats.of(exits, run -> 100 * run.involuntaryExitShare()),
        Repeats.of(exits, run -> 100 * run.involuntaryStaysPerToken()));
  }

  /** None if the device was too slow to be measured in the time there was. */
  private Repeats allowed(List<EngineRun> exits, Path costs) {
    if (!Files.exists(costs)) {
      return Repeats.NONE;
    }
    CostTable table = read(costs);
    return Repeats.of(exits, run -> forecast(run, table).exitGain());
  }

  private FlushPlan forecast(EngineRun run, CostTable costs) {
    long[] tokens = run.decodedByDepth();
    List<Double> rates = new ArrayList<>();
    long meeting = run.decodedTokens();
    for (int ramp = 0; ramp < tokens.length - 1; ramp++) {
      rates.add(meeting == 0 ? 0 : tokens[ramp] / (double) meeting);
      meeting -= tokens[ramp];
    }
    double context = promptTokens() / (double) prompts.size() + sampling.maxNewTokens() / 2.0;
    EngineOptions options = bench.options();
    return new FlushPlanner(costs, prompts.size(), options.maxBufferAgeSteps())
        .plan(FlushLoad.decodeOnly(rates, context));
  }

  private int measureMillis() {
    return MEASURED_LONGER * Math.max(1, bench.options().measureMillis());
  }

  private int promptTokens() {
    return prompts.stream().mapToInt(prompt -> prompt.length).sum();
  }

  private static Path temporaryFile() {
    try {
      Path folder = Files.createTempDirectory("drex-bench");
      Path file = folder.resolve("costs.json"); // which the engine makes
      folder.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new JobException(
          ExitCode.FAILURE, "the temp folder cannot be written: " + e.getMessage(), e);
    }
  }

  private static CostTable read(Path file) {
    try {
      return CostTableFile.read(file);
    } catch (IOException e) {
      throw new JobException(
          ExitCode.FAILURE, "the engine's cost table cannot be read: " + e.getMessage(), e);
    }
  }
}
