package io.drex.job.modelcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.ModelFamily;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class RampSurveyTest {
  private static final ModelSpec SPEC =
      new ModelSpec(
          ModelFamily.LLAMA,
          6,
          8,
          10,
          4,
          2,
          2,
          20,
          64,
          1e-5f,
          10_000,
          true,
          List.of(new RampSpec(2, ConfidenceMetric.MAX_PROB, .5f)));

  @Test
  void aTokenAfterAPendingOneWouldNotLeave() {
    assertThat(depthTwoShare(KvFill.MAP)).isEqualTo(1);
    assertThat(depthTwoShare(KvFill.RECOMPUTE)).as("every other token").isEqualTo(.5);
  }

  /** Two sequences in turn, of four tokens each, all confident. */
  private static double depthTwoShare(KvFill kvFill) {
    RampSurvey survey = new RampSurvey(SPEC, kvFill);
    for (int context = 5; context < 9; context++) {
      for (int sequence = 0; sequence < 2; sequence++) {
        survey.accept(new TokenReading(sequence, context, new float[] {.9f}, new int[1], 0));
      }
    }
    return survey.exits().share(2);
  }
}
