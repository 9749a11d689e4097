package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampFile;
import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class KvTrainingTest {
  @Test
  void warnsOfAMethodThatTrainingDidNotImitate() {
    assertThat(KvTraining.missing(trainedFor("map"), KvFill.PROPAGATE).orElseThrow().line())
        .isEqualTo(
            "the ramp file says that the model was trained for the KV methods map, and --kv-fill is"
                + " propagate; tokens after an exit may be worse than thresholds promise: choose a"
                + " method that it was trained for, calibrate with this one, or use recompute,"
                + " which is exact");
    assertThat(KvTraining.missing(trainedFor(), KvFill.MAP).orElseThrow().fact())
        .isEqualTo(
            "the ramp file names no KV method that the model was trained for (trainedFor), and"
                + " --kv-fill is map");
    assertThat(KvTraining.missing(trainedFor("propagate"), KvFill.COPY)).isPresent();
  }

  @Test
  void isSilentWhereTheMethodWasTrainedOrIsExact() {
    assertThat(KvTraining.missing(trainedFor("copy"), KvFill.MAP)).isEmpty();
    assertThat(KvTraining.missing(trainedFor("map"), KvFill.COPY)).isEmpty();
    assertThat(KvTraining.missing(trainedFor("map", "propagate"), KvFill.PROPAGATE)).isEmpty();
    assertThat(KvTraining.missing(trainedFor(), KvFill.RECOMPUTE)).isEmpty();
  }

  @Test
  void isSilentWhereNoTokenExits() {
    RampSpec off = new RampSpec(2, ConfidenceMetric.MARGIN, RampSpec.OFF);
    RampFile file = new RampFile(List.of(off), List.of(), "{}");
    assertThat(KvTraining.missing(file, KvFill.MAP)).isEmpty();
  }

  private static RampFile trainedFor(String... methods) {
    RampSpec ramp = new RampSpec(2, ConfidenceMetric.MARGIN, .9f);
    return new RampFile(List.of(ramp), List.of(methods), "{}");
  }
}
