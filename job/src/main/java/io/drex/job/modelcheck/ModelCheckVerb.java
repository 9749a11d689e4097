package io.drex.job.modelcheck;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.run.DriverModel;
import io.drex.job.run.DriverSession;
import io.drex.job.run.Preflight;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.BadPromptException;
import io.drex.tokenizer.Prompt;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/** {@code model-check}: validates a model folder and measures its ramps on sample prompts. */
public final class ModelCheckVerb implements Verb {
  private static final int PROMPTS = 8;
  private static final int NEW_TOKENS = 32;
  private static final int MAX_TOKENS = 512;

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
    List<RampAgreement> ramps = active.stream().map(RampAgreement::new).toList();
    LoadedModel cut = model.loaded().withSpec(model.loaded().spec().withRamps(active));
    measure(cut, model, config, ramps);
    ramps.forEach(ramp -> tell(ramp, out));
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

  private static void measure(
      LoadedModel cut, DriverModel model, DrexConfig config, List<RampAgreement> ramps) {
    int asked = config.value(ConfigKeys.THREADS);
    int threads = asked == 0 ? Runtime.getRuntime().availableProcessors() : asked;
    int maxTokens = Math.min(MAX_TOKENS, cut.spec().maxPositions());
    Tokenizer tokenizer = Tokenizer.open(model.folder());
    ArticleGenerator articles = new ArticleGenerator(0);
    PromptTemplate template = PromptTemplate.parse(model.template().orElse("{article}"));
    try (GreedyReader reader =
        GreedyReader.open(
            cut, Preflight.backend(config.value(ConfigKeys.DEVICE)), maxTokens, threads)) {
      for (int i = 0; i < PROMPTS; i++) {
        String article = articles.article(ArticleGenerator.TEST_FIRST + i).article();
        Prompt prompt = template.render(column -> article);
        reader.read(
            tokenizer.encode(prompt, maxTokens - NEW_TOKENS),
            NEW_TOKENS,
            (ramp, confidence, token, last) -> ramps.get(ramp).count(confidence, token, last));
      }
    } catch (BadPromptException e) {
      throw new JobException(
          ExitCode.ENGINE,
          "a sample prompt cannot be tokenised for this model: " + e.getMessage(),
          e);
    }
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
        100 * measured.agreement(),
        100 * measured.passingShare(),
        100 * measured.passingAgreement());
    if (measured.passingAgreement() < TRAINED) {
      out.printf(
          "WARNING   the ramp at depth %d seems untrained: confident tokens are often not the"
              + " model's own; raise its threshold, or set it to \"off\"%n",
          ramp.depth());
    }
  }
}
