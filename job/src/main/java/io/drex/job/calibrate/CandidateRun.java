package io.drex.job.calibrate;

import io.drex.engine.ExitTally;
import java.util.List;

/**
 * What a candidate did on the held-out rows.
 *
 * @param losses in [0, 1]; [row]
 * @param meanDepths layers per generated token, 0 without tokens; [row]
 * @param exits of all rows together
 */
record CandidateRun(
    Candidate candidate, List<Double> losses, List<Double> meanDepths, ExitTally exits) {
  CandidateRun {
    losses = List.copyOf(losses);
    meanDepths = List.copyOf(meanDepths);
  }
}
