package io.drex.job.calibrate;

import io.drex.device.DeviceBackend;
import io.drex.engine.EngineOptions;
import io.drex.job.calibrate.RowLoss.Answer;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.job.modelcheck.GreedyReader;
import io.drex.job.modelcheck.TokenReading;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Proposes thresholds on some rows of a sample and tests them on the others.
 *
 * @param model with the ramps to set
 * @param options of the engines that are opened; their policy does not count
 * @param backend that the options name
 */
record Calibration(
    LoadedModel model,
    Tokenizer tokenizer,
    EngineOptions options,
    DeviceBackend backend,
    int maxNewTokens) {

  /** Sequences that are read at once; more would be no faster, and each holds KV. */
  private static final int LANES = 32;

  /**
   * A candidate as it ran on the held-out rows.
   *
   * @param loss mean of the rows
   * @param bound upper confidence bound of the loss, for this candidate alone
   * @param meanDepth layers per generated token
   * @param passed whether the bound keeps the budget
   */
  record Tried(Candidate candidate, double loss, double bound, double meanDepth, boolean passed) {}

  /**
   * All candidates that were tried, strictest first; only the last may have failed.
   *
   * @param rows tested
   * @param unusable rows drawn that could not be used
   */
  record Outcome(List<Tried> tried, int rows, int unusable) {
    Outcome {
      tried = List.copyOf(tried);
    }

    /** The loosest that was certified. */
    Optional<Tried> chosen() {
      return tried.stream().filter(Tried::passed).reduce((before, after) -> after);
    }
  }

  /** The candidates that the sample's proposing rows suggest. */
  List<Candidate> propose(Sample sample) {
    List<RampSpec> ramps = model.spec().ramps();
    List<RampReadings> readings = ramps.stream().map(RampReadings::new).toList();
    // A ramp that is off is read too.
    List<RampSpec> on =
        ramps.stream().map(ramp -> new RampSpec(ramp.depth(), ramp.metric(), 1)).toList();
    LoadedModel open = model.withSpec(model.spec().withRamps(on));
    List<int[]> prompts = sample.proposing().stream().map(SampleRow::prompt).toList();
    int lanes = Math.min(LANES, options.slots());
    try (GreedyReader reader =
        GreedyReader.open(open, backend, lanes, options.maxSequenceTokens(), options.threads())) {
      reader.read(prompts, maxNewTokens - 1, token -> add(token, readings));
    }
    return Candidate.propose(readings);
  }

  private static void add(TokenReading token, List<RampReadings> readings) {
    for (int ramp = 0; ramp < readings.size(); ramp++) {
      readings.get(ramp).add(token.confidences()[ramp], token.agrees(ramp));
    }
  }

  /** Runs the candidates freely on the held-out rows, up to the first that fails. */
  Outcome test(List<Candidate> candidates, Sample sample, QualityBudget budget, double delta) {
    List<SampleRow> heldOut = sample.heldOut();
    FreeRun full = FreeRun.of(model, options.withPolicy("full_depth"), heldOut, maxNewTokens);
    // What fails without exits says nothing about exits.
    List<Integer> rows =
        IntStream.range(0, heldOut.size()).filter(full::completed).boxed().toList();
    int unusable = sample.unusable() + heldOut.size() - rows.size();
    if (rows.isEmpty()) {
      return new Outcome(List.of(), 0, unusable);
    }
    FixedSequence sequence = new FixedSequence(budget.quality().test(), budget.maxLoss(), delta);
    RowLoss loss = new RowLoss(budget.quality());
    List<Double> depths = new ArrayList<>();
    FixedSequence.Result<Candidate> result =
        sequence.walk(
            candidates,
            candidate -> {
              FreeRun exits = run(candidate, heldOut);
              depths.add(exits.meanDepth());
              return rows.stream()
                  .map(row -> loss(loss, full, exits, row, heldOut.get(row).reference()))
                  .toList();
            });
    List<Tried> tried = new ArrayList<>();
    for (FixedSequence.Trial<Candidate> trial : result.trials()) {
      double bound = sequence.test().upperBound(trial.lossSum(), rows.size(), delta);
      double depth = depths.get(tried.size());
      tried.add(new Tried(trial.candidate(), trial.meanLoss(), bound, depth, trial.passed()));
    }
    return new Outcome(tried, rows.size(), unusable);
  }

  private FreeRun run(Candidate candidate, List<SampleRow> rows) {
    LoadedModel cut = model.withSpec(model.spec().withRamps(candidate.ramps()));
    return FreeRun.of(cut, options.withPolicy("rebatch"), rows, maxNewTokens);
  }

  private double loss(
      RowLoss loss, FreeRun full, FreeRun exits, int row, @Nullable String reference) {
    return exits.completed(row) ? loss.of(answer(full, row), answer(exits, row), reference) : 1;
  }

  private Answer answer(FreeRun run, int row) {
    int[] tokens = run.completions().get(row).tokens();
    return new Answer(tokens, tokenizer.decode(tokens));
  }
}
