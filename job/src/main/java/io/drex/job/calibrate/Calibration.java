package io.drex.job.calibrate;

import io.drex.device.DeviceBackend;
import io.drex.engine.EngineOptions;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.job.modelcheck.GreedyReader;
import io.drex.job.modelcheck.TokenReading;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import io.drex.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
   * A candidate that was tested.
   *
   * @param loss mean of the rows
   * @param bound upper confidence bound of the loss, for this candidate alone
   * @param passed whether the bound keeps the budget
   */
  record Tried(CandidateRun run, double loss, double bound, boolean passed) {
    Candidate candidate() {
      return run.candidate();
    }

    /** Layers per generated token. */
    double meanDepth() {
      return run.exits().meanDepth();
    }

    /** Work per generated token relative to full depth, ramp heads and KV fill counted. */
    double work() {
      return run.exits().relativeWork();
    }
  }

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

  /** The candidates that the sample's proposing rows suggest; none if no ramp could be read. */
  List<Candidate> propose(Sample sample) {
    List<RampSpec> ramps = model.spec().ramps();
    List<RampReadings> readings = ramps.stream().map(RampReadings::new).toList();
    // A ramp that is off is read too.
    List<RampSpec> on = ramps.stream().map(ramp -> ramp.withThreshold(1)).toList();
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

  /**
   * Tests candidates on the held-out rows, up to the first that fails.
   *
   * @param candidates strictest first; at least one
   * @param runs gives a candidate's run on those rows; not asked for candidates after that
   * @param heldOut at least one row that counts
   */
  static Outcome test(
      List<Candidate> candidates,
      Function<Candidate, CandidateRun> runs,
      HeldOut heldOut,
      FixedSequence sequence) {
    List<CandidateRun> ran = new ArrayList<>();
    FixedSequence.Result<Candidate> result =
        sequence.walk(
            candidates,
            candidate -> {
              CandidateRun run = runs.apply(candidate);
              ran.add(run);
              return run.losses();
            });
    List<Tried> tried = new ArrayList<>();
    for (FixedSequence.Trial<Candidate> trial : result.trials()) {
      double bound = sequence.test().upperBound(trial.lossSum(), heldOut.rows(), sequence.delta());
      tried.add(new Tried(ran.get(tried.size()), trial.meanLoss(), bound, trial.passed()));
    }
    return new Outcome(tried, heldOut.rows(), heldOut.unusable());
  }
}
