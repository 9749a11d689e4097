package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.KvFill;
import io.drex.engine.ExitTally;
import io.drex.job.TestSample;
import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import io.drex.job.verdict.JobException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalibrationVerdictTest {
  private static final CalibrationVerdict VERDICT =
      new CalibrationVerdict(QualityBudget.parse("agreement>=0.7"), 0.05);

  @Test
  void aLossThatTheRowsCannotExcludeCertifiesNothing() {
    assertThatThrownBy(() -> VERDICT.requireChosen(failed(0.1)))
        .isInstanceOf(JobException.class)
        .hasMessageContainingAll(
            "no ramp file was written", "on 9 rows", "insufficient data", "would pass on about");
  }

  @Test
  void aLossAboveTheBudgetIsNoQuestionOfRows() {
    assertThatThrownBy(() -> VERDICT.requireChosen(failed(0.4)))
        .isInstanceOf(JobException.class)
        .hasMessageContainingAll("no ramp file was written", "more rows will not help");
  }

  private static Outcome failed(double loss) {
    var spec = TestSample.bundled().model().spec();
    CandidateRun run =
        new CandidateRun(
            new Candidate(0, spec.ramps()),
            List.of(loss),
            List.of(8.0),
            new ExitTally(spec, KvFill.MAP));
    return new Outcome(List.of(new Tried(run, loss, 0.5, false)), 9, 0);
  }
}
