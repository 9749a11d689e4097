package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A request's own exit threshold, on a device whose confidences are hashes. */
class ExitThresholdTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("sim:noop").withSlots(4).withMeasureMillis(0);

  @Test
  void replacesTheRampsThresholds() throws InterruptedException {
    LoadedModel strict = TinyModel.withRamps(ramp(2, .99f), ramp(5, .99f));
    LoadedModel loose = TinyModel.withRamps(ramp(2, .4f), ramp(5, .4f));
    Completion own = complete(strict, new SamplingParams(40).withExitThreshold(.4f));
    Completion expected = complete(loose, new SamplingParams(40));
    assertThat(own.tokens()).isEqualTo(expected.tokens());
    assertThat(own.depths()).isEqualTo(expected.depths()).contains((short) 2);
    assertThat(own.exits().involuntaryExits()).isZero();
    assertThat(own.exits().involuntaryStays()).isZero();
  }

  @Test
  void offReadsTheRampsAndNeverExits() throws InterruptedException {
    LoadedModel loose = TinyModel.withRamps(ramp(2, 0), ramp(5, 0));
    Completion off = complete(loose, new SamplingParams(40).withExitThreshold(RampSpec.OFF));
    assertThat(off.depths()).containsOnly((short) 8);
    Completion early = complete(loose, new SamplingParams(40));
    assertThat(early.depths()).as("but for the first token").contains((short) 2);
  }

  @Test
  void aThresholdThatAMetricDoesNotHaveIsTheRowsError() throws InterruptedException {
    LoadedModel model =
        TinyModel.withRamps(ramp(2, .5f), new RampSpec(5, ConfidenceMetric.LOGIT_MARGIN, 3));
    assertThat(complete(model, new SamplingParams(4).withExitThreshold(.5f)).error()).isNull();
    RowError error =
        Replies.errorOf(complete(model, new SamplingParams(4).withExitThreshold(1.5f)));
    assertThat(error.code()).isEqualTo(ErrorCode.BAD_OPTION);
    assertThat(error.message())
        .isEqualTo(
            "an exit threshold of 1.5 is not legal for all ramps (max_prob: a number in [0, 1];"
                + " logit_margin: a number of at least 0)");
  }

  private static RampSpec ramp(int depth, float threshold) {
    return TinyModel.ramp(depth, threshold);
  }

  private static Completion complete(LoadedModel model, SamplingParams sampling)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, OPTIONS);
        EngineSession session = engine.openSession("test")) {
      assertThat(session.submit(new Request(0, new int[] {7, 9}, sampling), 30_000)).isTrue();
      Map<Long, Completion> all = Replies.all(session);
      return Objects.requireNonNull(all.get(0L));
    }
  }
}
