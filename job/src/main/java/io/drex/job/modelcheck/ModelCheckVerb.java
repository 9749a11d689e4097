package io.drex.job.modelcheck;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.device.DeviceBackend;
import io.drex.engine.ExitTally;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.run.DriverModel;
import io.drex.job.run.DriverSession;
import io.drex.job.run.KvTraining;
import io.drex.job.run.Preflight;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;

/** {@code model-check}: validates a model folder and measures its ramps on sample prompts. */
public final class ModelCheckVerb implements Verb {
  private static final int PROMPTS = 8;
  private static final int NEW_TOKENS = 32;
  private static final int MAX_TOKENS = 512;
  private static final double PERCENT = 100;

  /** Below this, tokens that leave at the ramp are wrong so often that it was hardly trained. */
  private static final double TRAINED = 0.95;

  @Override
  public String name() {
    return "model-check";
  }

  @Override
  public String summary() {
    return "Validates a model folder; measures how often its ramps agree with full depth.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of(
        ConfigKeys.MODEL,
        ConfigKeys.RAMPS,
        ConfigKeys.MODEL_CACHE,
        ConfigKeys.DEVICE,
        ConfigKeys.KV_FILL,
        ConfigKeys.THREADS);
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig config = invocation.settings().resolve(hadoop);
    DriverModel model = DriverModel.load(config, hadoop);
    PrintStream out = invocation.console().out();
    describe(model.loaded(), out);
    List<RampSpec> active =
        model.loaded().spec().ramps().stream().filter(ramp -> !ramp.isOff()).toList();
    if (active.isEmpty()) {
      out.println("ramps     none is active: every token comes from full depth");
      return ExitCode.OK;
    }
    LoadedModel cut = model.loaded().withSpec(model.loaded().spec().withRamps(active));
    RampSurvey survey = measure(cut, model, config);
    survey.ramps().forEach(ramp -> tell(ramp, out));
    tellExits(survey, active, out);
    KvTraining.missing(model.rampFile(), EngineSettings.kvFill(config))
        .ifPresent(missing -> out.println("WARNING   " + missing.line()));
    return ExitCode.OK;
  }

  private static void describe(LoadedModel model, PrintStream out) {
    ModelSpec spec = model.spec();
    out.printf(
        "model     %s, %d layers of %d, feed-forward %d, heads %d (KV %d) of %d, vocabulary %d,"
            + " %d positions%n",
        spec.family().modelType(),
        spec.layers(),
        spec.hiddenSize(),
        spec.intermediateSize(),
        spec.heads(),
        spec.kvHeads(),
        spec.headDim(),
        spec.vocabSize(),
        spec.maxPositions());
    out.printf("hash      %s%n", model.contentHash());
  }

  private static RampSurvey measure(LoadedModel cut, DriverModel model, DrexConfig config) {
    int asked = config.value(ConfigKeys.THREADS);
    int threads = asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
    int maxTokens = Math.min(MAX_TOKENS, cut.spec().maxPositions());
    List<int[]> prompts = prompts(model, maxTokens - NEW_TOKENS);
    RampSurvey survey = new RampSurvey(cut.spec(), EngineSettings.kvFill(config));
    prompts.forEach(prompt -> survey.addFirst(prompt.length));
    DeviceBackend backend = Preflight.backend(config.value(ConfigKeys.DEVICE));
    try (GreedyReader reader = GreedyReader.open(cut, backend, PROMPTS, maxTokens, threads)) {
      reader.read(prompts, NEW_TOKENS, survey);
    }
    return survey;
  }

  private static List<int[]> prompts(DriverModel model, int maxTokens) {
    Tokenizer tokenizer = Tokenizer.open(model.folder());
    PromptTemplate template = PromptTemplate.parse(model.template().orElse("{article}"));
    ArticleGenerator articles = new ArticleGenerator(0);
    List<int[]> prompts = new ArrayList<>();
    try {
      for (int i = 0; i < PROMPTS; i++) {
        String article = articles.article(ArticleGenerator.TEST_FIRST + i).article();
        prompts.add(tokenizer.encode(template.render(column -> article), maxTokens));
      }
    } catch (BadPromptException e) {
      throw new JobException(
          ExitCode.ENGINE,
          "a sample prompt cannot be tokenised for this model: " + e.getMessage(),
          e);
    }
    return prompts;
  }

  private static void tell(RampAgreement measured, PrintStream out) {
    RampSpec ramp = measured.ramp();
    out.printf(
        Locale.ROOT,
        "ramp %-4d %s, threshold %s: its token is the full depth's for %.1f %%; %.1f %% of tokens"
            + " pass, %.1f %% of those agree%n",
        ramp.depth(),
        ramp.metric().text(),
        ramp.threshold(),
        PERCENT * measured.agreement(),
        PERCENT * measured.passingShare(),
        PERCENT * measured.passingAgreement());
    if (measured.passingAgreement() < TRAINED) {
      out.printf(
          "WARNING   the ramp at depth %d seems untrained: confident tokens are often not the"
              + " model's own; raise its threshold, or set it to \"off\"%n",
          ramp.depth());
    }
  }

  private static void tellExits(RampSurvey survey, List<RampSpec> active, PrintStream out) {
    ExitTally exits = survey.exits();
    String shares =
        active.stream()
            .map(ramp -> format("%.1f %% at %d", PERCENT * exits.share(ramp.depth()), ramp.depth()))
            .collect(Collectors.joining(", "));
    out.println(
        format(
            "exits     as tokens would leave along these full-depth completions: of %d tokens %s,"
                + " %.1f %% at full depth; mean depth %.3f, work per token %.1f %% of full depth's,"
                + " ramp heads and KV fill counted",
            exits.tokens(),
            shares,
            PERCENT * exits.fullDepthShare(),
            exits.meanDepth(),
            PERCENT * exits.relativeWork()));
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
