package io.drex.job.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.device.DeviceBackend;
import io.drex.engine.EngineOptions;
import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.job.cli.Invocation;
import io.drex.job.cli.Verb;
import io.drex.job.run.DriverModel;
import io.drex.job.run.DriverSession;
import io.drex.job.run.Preflight;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.ModelSpec;
import io.drex.model.RampFile;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineSettings;
import io.drex.tokenizer.PromptTemplate;
import io.drex.tokenizer.Tokenizer;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.hadoop.conf.Configuration;

/**
 * {@code calibrate}: the loosest exit thresholds that keep a quality budget on prompts like these,
 * as a ramp file.
 */
public final class CalibrateVerb implements Verb {
  @Override
  public String name() {
    return "calibrate";
  }

  @Override
  public String summary() {
    return "Finds the loosest exit thresholds that keep a quality budget; writes a ramp file.";
  }

  @Override
  public List<ConfigKey<?>> keys() {
    return List.of(
        ConfigKeys.MODEL,
        ConfigKeys.RAMPS,
        ConfigKeys.MODEL_CACHE,
        ConfigKeys.INPUT,
        ConfigKeys.INPUT_FORMAT,
        ConfigKeys.TEMPLATE,
        ConfigKeys.PROMPT,
        ConfigKeys.OUTPUT,
        ConfigKeys.QUALITY_BUDGET,
        ConfigKeys.CONFIDENCE,
        ConfigKeys.ROWS,
        ConfigKeys.REFERENCE,
        ConfigKeys.RECORD,
        ConfigKeys.DEVICE,
        ConfigKeys.KV_FILL,
        ConfigKeys.SLOTS,
        ConfigKeys.MAX_PREFILL_TOKENS,
        ConfigKeys.MAX_SEQUENCE_TOKENS,
        ConfigKeys.THREADS,
        ConfigKeys.MAX_NEW_TOKENS);
  }

  @Override
  public ExitCode run(Invocation invocation) {
    Configuration hadoop = DriverSession.hadoop();
    DrexConfig config = invocation.settings().resolve(hadoop);
    PrintStream out = invocation.console().out();
    config.value(ConfigKeys.INPUT);
    QualityBudget budget = QualityBudget.parse(config.value(ConfigKeys.QUALITY_BUDGET));
    double delta = delta(config);
    CalibrationFiles files = CalibrationFiles.of(config.value(ConfigKeys.OUTPUT), hadoop);
    Optional<RecordFile> record =
        config.optional(ConfigKeys.RECORD).map(name -> RecordFile.of(name, hadoop));
    DeviceBackend backend = Preflight.backend(config.value(ConfigKeys.DEVICE));
    DriverModel model = DriverModel.load(config, hadoop);
    RampFile before = rampFile(model);
    PromptTemplate template = Preflight.template(config, model, hadoop);
    Tokenizer tokenizer = Tokenizer.open(model.folder());
    Sample sample = draw(config, model, template, tokenizer);
    CalibrationVerdict verdict = new CalibrationVerdict(budget, delta);
    verdict.requireEnough(sample);
    Calibration calibration =
        new Calibration(
            model.loaded(),
            tokenizer,
            options(config, model, sample),
            backend,
            config.value(ConfigKeys.MAX_NEW_TOKENS));
    List<Candidate> candidates = calibration.propose(sample);
    verdict.requireCandidates(candidates, sample);
    HeldOut heldOut = HeldOut.atFullDepth(calibration, sample, budget.quality());
    verdict.requireCompleted(heldOut);
    ObjectNode facts = CalibrationFacts.setup(config, model, sample, heldOut);
    Outcome outcome =
        Calibration.test(
            candidates,
            runs(candidates, heldOut, record, facts.deepCopy(), out),
            heldOut,
            new FixedSequence(budget.quality().test(), budget.maxLoss(), delta));
    List<String> lines = new ArrayList<>(CalibrationTable.lines(outcome));
    lines.forEach(out::println);
    Tried chosen = verdict.requireChosen(outcome);
    lines.add(verdict.text(chosen, outcome));
    out.println(lines.get(lines.size() - 1));
    CalibrationFacts.add(chosen, facts);
    files.write(
        new RampFile(chosen.candidate().ramps(), before.trainedFor(), facts.toString()).format(),
        CalibrationReport.html(outcome, budget, model.loaded().spec().layers(), lines));
    out.println("wrote " + files.ramps() + " and " + files.report());
    return ExitCode.OK;
  }

  private static double delta(DrexConfig config) {
    double confidence = config.value(ConfigKeys.CONFIDENCE);
    if (!(confidence > 0 && confidence < 1)) {
      throw new ConfigException("--confidence must be in (0, 1), not " + confidence);
    }
    return 1 - confidence;
  }

  private static RampFile rampFile(DriverModel model) {
    if (model.rampFile().ramps().isEmpty()) {
      throw new JobException(
          ExitCode.USAGE,
          "the model has no ramps to calibrate; name a file with their depths and metrics:"
              + " --ramps file.json");
    }
    return model.rampFile();
  }

  private static Sample draw(
      DrexConfig config, DriverModel model, PromptTemplate template, Tokenizer tokenizer) {
    int longest = longest(config, model.loaded().spec());
    try (DriverSession session = DriverSession.openForReading(config, "drex calibrate")) {
      return Sample.draw(session.spark(), config, template, tokenizer, longest - 1);
    }
  }

  private static int longest(DrexConfig config, ModelSpec spec) {
    int asked = config.value(ConfigKeys.MAX_SEQUENCE_TOKENS);
    return asked == 0 ? spec.maxPositions() : Math.min(asked, spec.maxPositions());
  }

  /** No KV is held for positions that no row of the sample can reach. */
  private static EngineOptions options(DrexConfig config, DriverModel model, Sample sample) {
    long reached = (long) sample.longestPrompt() + config.value(ConfigKeys.MAX_NEW_TOKENS);
    int longest = (int) Math.min(longest(config, model.loaded().spec()), reached);
    try {
      return EngineSettings.options(config, Runtime.getRuntime().availableProcessors())
          .withMaxSequenceTokens(Math.max(2, longest));
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /** Runs of candidates when they are asked for; for a record all at once, and it is written. */
  private static Function<Candidate, CandidateRun> runs(
      List<Candidate> candidates,
      HeldOut heldOut,
      Optional<RecordFile> record,
      ObjectNode facts,
      PrintStream out) {
    if (record.isEmpty()) {
      return heldOut::run;
    }
    List<CandidateRun> runs = heldOut.runAll(candidates);
    record.get().write(facts, runs);
    out.println("wrote " + record.get().path());
    return candidate -> runs.get(candidates.indexOf(candidate));
  }
}
