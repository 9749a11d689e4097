package io.drex.job.calibrate;

import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.util.List;
import java.util.Locale;

/**
 * What a calibration may conclude, in words.
 *
 * @param delta chance of a wrong choice that the user allows
 */
record CalibrationVerdict(QualityBudget budget, double delta) {

  /**
   * Refuses a sample on which no thresholds can be certified, before anything is run.
   *
   * @throws JobException INPUT if no row can be used; GATE_FAILED if there are too few
   */
  void requireEnough(Sample sample) {
    if (sample.rows().isEmpty()) {
      throw new JobException(
          ExitCode.INPUT,
          "no row of the input can be used: "
              + sample.unusable()
              + " were drawn, without a prompt that fits or without a reference");
    }
    int fewest = budget.quality().test().rowsNeeded(0, budget.maxLoss(), delta);
    int there = sample.heldOut().size();
    if (fewest == 0 || there < fewest) {
      throw new JobException(
          ExitCode.GATE_FAILED,
          String.format(
              Locale.ROOT,
              "insufficient data: %s with confidence %s takes at least %d held-out rows, even"
                  + " without any loss, and there are %d; give an input with more different rows"
                  + " and --rows %d or more",
              budget.text(),
              confidence(),
              fewest,
              there,
              Sample.drawnFor(fewest)));
    }
  }

  /**
   * Refuses to go on without candidates.
   *
   * @throws JobException GATE_FAILED, saying what would give some
   */
  void requireCandidates(List<Candidate> candidates, Sample sample) {
    if (candidates.isEmpty()) {
      throw new JobException(
          ExitCode.GATE_FAILED,
          "there are no thresholds to try: the ramps could be read for no token of the "
              + sample.proposing().size()
              + " proposing rows, because a completion's first token meets no ramp; give more"
              + " --rows or --max-new-tokens");
    }
  }

  /**
   * Refuses to go on if no held-out row has a completion.
   *
   * @throws JobException GATE_FAILED
   */
  void requireCompleted(HeldOut heldOut) {
    if (heldOut.rows() == 0) {
      throw new JobException(
          ExitCode.GATE_FAILED,
          "none of the "
              + heldOut.drawn().size()
              + " held-out rows could be completed at full depth; generate tells the error of each"
              + " row");
    }
  }

  /**
   * The candidate to write.
   *
   * @throws JobException GATE_FAILED if none was certified, saying what would help
   */
  Tried requireChosen(Outcome outcome) {
    return outcome.chosen().orElseThrow(() -> nothingCertified(outcome));
  }

  private JobException nothingCertified(Outcome outcome) {
    Tried strictest = outcome.tried().get(0);
    return new JobException(
        ExitCode.GATE_FAILED,
        String.format(
            Locale.ROOT,
            "no ramp file was written: the strictest thresholds lose %.5f on %d rows, which with"
                + " confidence %s means at most %.5f, and the budget is %.5f; %s",
            strictest.loss(),
            outcome.rows(),
            confidence(),
            strictest.bound(),
            budget.maxLoss(),
            remedy(strictest)));
  }

  private String remedy(Tried strictest) {
    int needed = budget.quality().test().rowsNeeded(strictest.loss(), budget.maxLoss(), delta);
    return needed == 0
        ? "more rows will not help: allow more loss, or train the ramps"
        : "insufficient data: this loss would pass on about "
            + needed
            + " held-out rows, --rows "
            + Sample.drawnFor(needed);
  }

  /** The line for the user. */
  String text(Tried chosen, Outcome outcome) {
    return String.format(
        Locale.ROOT,
        "chosen: candidate %d, mean depth %.3f; %s holds with confidence %s, tested on %d rows (%d"
            + " could not be used)",
        outcome.tried().indexOf(chosen) + 1,
        chosen.meanDepth(),
        budget.text(),
        confidence(),
        outcome.rows(),
        outcome.unusable());
  }

  private String confidence() {
    return String.format(Locale.ROOT, "%.4g %%", 100 * (1 - delta));
  }
}
