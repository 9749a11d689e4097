package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.Backends;
import io.drex.engine.Completion;
import io.drex.job.TestSample;
import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class HeldOutTest {
  private static final int NEW_TOKENS = 12;
  private final TestSample bundled = TestSample.bundled();
  private final List<SampleRow> rows =
      bundled.prompts(16).stream().map(prompt -> new SampleRow(prompt, null)).toList();

  @Tag("slow")
  @Test
  void runningOnlyWhatAStricterCandidateChangesIsRunningAll() {
    HeldOut heldOut = HeldOut.atFullDepth(setup(), new Sample(rows, 0), Quality.AGREEMENT);
    List<Candidate> candidates =
        IntStream.of(99, 70, 20).mapToObj(percent -> all(percent / 100f)).toList();

    List<CandidateRun> runs = heldOut.runAll(candidates);

    for (int i = 0; i < candidates.size(); i++) {
      CandidateRun alone = heldOut.run(candidates.get(i));
      CandidateRun run = runs.get(i);
      assertThat(run.candidate()).isEqualTo(candidates.get(i));
      assertThat(run.losses()).isEqualTo(alone.losses());
      assertThat(run.meanDepths()).isEqualTo(alone.meanDepths());
      assertThat(run.exits().relativeWork()).isEqualTo(alone.exits().relativeWork());
    }
    assertThat(runs.get(0).meanDepths()).as("strict").isNotEqualTo(runs.get(2).meanDepths());
  }

  @Test
  void aThresholdOfZeroTakesEveryExitAtTheFirstRamp() {
    int depth = bundled.model().spec().ramps().get(0).depth();
    RampSpec first = new RampSpec(depth, ConfidenceMetric.MAX_PROB, 0);
    LoadedModel model = bundled.model().withSpec(bundled.model().spec().withRamps(List.of(first)));

    FreeRun run = FreeRun.of(model, TestSample.OPTIONS, rows, NEW_TOKENS);

    for (Completion completion : run.completions()) {
      short[] depths = completion.depths();
      assertThat((int) depths[0]).isEqualTo(model.spec().layers());
      for (int token = 1; token < depths.length; token++) {
        assertThat((int) depths[token]).isEqualTo(depth);
      }
    }
  }

  private Calibration setup() {
    return new Calibration(
        bundled.model(),
        bundled.tokenizer(),
        TestSample.OPTIONS,
        Backends.select("cpu:scalar"),
        NEW_TOKENS);
  }

  private Candidate all(float threshold) {
    return new Candidate(
        0,
        bundled.model().spec().ramps().stream()
            .map(ramp -> new RampSpec(ramp.depth(), ramp.metric(), threshold))
            .toList());
  }
}
