package io.drex.job.bench;

import io.drex.engine.Completion;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSnapshot;
import io.drex.engine.SamplingParams;
import io.drex.job.engine.LocalEngine;
import io.drex.job.run.DriverModel;
import io.drex.job.run.Preflight;
import io.drex.job.verdict.Build;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * What the measured tables are made with. Runs of one table take turns, so that a slow minute hits
 * all of them; tables that ask for the same runs share them. Single thread.
 */
final class MeasuredBench {
  private final LoadedModel model;
  private final Tokenizer tokenizer;
  private final BenchCorpus corpus;
  private final EngineOptions options;
  private final int maxNewTokens;
  private final int repeats;
  private final String implementation;
  private final Map<Variant, List<EngineRun>> done = new LinkedHashMap<>();

  private MeasuredBench(
      DriverModel model, BenchCorpus corpus, EngineOptions options, DrexConfig config) {
    this.model = model.loaded();
    this.tokenizer = Tokenizer.open(model.folder());
    this.corpus = corpus;
    this.options = options;
    maxNewTokens = config.value(ConfigKeys.MAX_NEW_TOKENS);
    repeats = config.value(ConfigKeys.REPEATS);
    implementation = Preflight.backend(options.device()).implementation();
  }

  /**
   * Loads the configuration's model and makes the corpus.
   *
   * @throws JobException USAGE if an option is wrong; ENGINE if the device or model cannot be used
   */
  static MeasuredBench open(DrexConfig config, Configuration hadoop) {
    Preflight.backend(config.value(ConfigKeys.DEVICE));
    DriverModel model = DriverModel.load(config, hadoop);
    int maxNewTokens = config.value(ConfigKeys.MAX_NEW_TOKENS);
    int longest = longest(config, model.loaded());
    if (maxNewTokens >= longest) {
      throw new JobException(
          ExitCode.USAGE,
          "--max-new-tokens %d leaves no room for a prompt in sequences of %d tokens"
              .formatted(maxNewTokens, longest));
    }
    Tokenizer tokenizer = Tokenizer.open(model.folder());
    int articles = config.value(ConfigKeys.ARTICLES);
    BenchCorpus corpus = BenchCorpus.of(model, tokenizer, articles, longest - maxNewTokens);
    return new MeasuredBench(model, corpus, options(config, corpus), config);
  }

  private static int longest(DrexConfig config, LoadedModel model) {
    int asked = config.value(ConfigKeys.MAX_SEQUENCE_TOKENS);
    return asked == 0 ? model.spec().maxPositions() : asked;
  }

  /** No KV is held for positions that no row can reach. */
  private static EngineOptions options(DrexConfig config, BenchCorpus corpus) {
    int reached = corpus.longestPrompt() + config.value(ConfigKeys.MAX_NEW_TOKENS);
    try {
      return EngineSettings.options(config, Runtime.getRuntime().availableProcessors())
          .withMaxSequenceTokens(reached);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  LoadedModel model() {
    return model;
  }

  BenchCorpus corpus() {
    return corpus;
  }

  EngineOptions options() {
    return options;
  }

  int repeats() {
    return repeats;
  }

  /** What device and kernels run. */
  String implementation() {
    return implementation;
  }

  /** The runs of each variant. */
  Runs<Variant, EngineRun> runs(List<Variant> variants) {
    List<Variant> missing = variants.stream().filter(one -> !done.containsKey(one)).toList();
    missing.forEach(variant -> done.put(variant, new ArrayList<>()));
    for (int repeat = 0; repeat < repeats; repeat++) {
      for (Variant variant : missing) {
        done.getOrDefault(variant, List.of()).add(run(variant));
      }
    }
    Map<Variant, List<EngineRun>> runs = new LinkedHashMap<>();
    variants.forEach(variant -> runs.put(variant, done.getOrDefault(variant, List.of())));
    return new Runs<>(runs);
  }

  /** Opens an engine, lets it get warm on some of the corpus, and runs all of it. */
  private EngineRun run(Variant variant) {
    EngineOptions own = options.withPolicy(variant.policy()).withKvFill(variant.kvFill());
    SamplingParams sampling =
        new SamplingParams(maxNewTokens).withExitThreshold(variant.exitThreshold());
    List<int[]> prompts = corpus.prompts();
    try (LocalEngine engine = LocalEngine.open(model, own)) {
      engine.complete(prompts.subList(0, Math.min(options.slots(), prompts.size())), sampling);
      return measured(engine, prompts, sampling);
    }
  }

  /** Completes prompts, and counts what that took. */
  static EngineRun measured(LocalEngine engine, List<int[]> prompts, SamplingParams sampling) {
    EngineSnapshot before = engine.snapshot();
    long start = System.nanoTime();
    List<Completion> completions = engine.complete(prompts, sampling);
    long nanos = System.nanoTime() - start;
    List<Integer> depths = Arrays.stream(engine.exitDepths()).boxed().toList();
    return new EngineRun(completions, depths, before, engine.snapshot(), nanos);
  }

  /** How good the completions of runs are, each beside the first one at full depth. */
  Repeats quality(List<EngineRun> runs, Quality.Figure figure) {
    Variant plain = Variant.of("full_depth");
    List<Completion> fullDepth = runs(List.of(plain)).of(plain).get(0).completions();
    Quality quality = new Quality(tokenizer, corpus.references(), fullDepth);
    return Repeats.of(runs, run -> quality.of(run.completions(), figure));
  }

  /** What a variant's figures depend on; what the tables vary comes last. */
  Map<String, String> config(Variant variant) {
    Map<String, String> config = new LinkedHashMap<>();
    config.put("build", Build.version());
    config.put("device", implementation);
    config.put("threads", Integer.toString(options.threads()));
    config.put("model", model.contentHash().substring(0, 12));
    config.put("slots", Integer.toString(options.slots()));
    config.put("max prefill tokens", Integer.toString(options.maxPrefillTokens()));
    config.put("max buffer age steps", Integer.toString(options.maxBufferAgeSteps()));
    config.put("buffer age factor", Double.toString(options.bufferAgeFactor()));
    config.put("prefix sharing", options.prefixSharing().toString().toLowerCase(Locale.ROOT));
    config.put("measure millis", Integer.toString(options.measureMillis()));
    config.put("articles", Integer.toString(corpus.prompts().size()));
    config.put("max new tokens", Integer.toString(maxNewTokens));
    config.put("repeats", Integer.toString(repeats));
    config.put("KV method", variant.kvFillText());
    config.put("exit threshold", variant.thresholds());
    config.put("policy", variant.policy());
    return config;
  }
}
