package io.drex.device.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChanceTest {
  @Test
  void uniformAndNormalDrawsAreWhatTheySay() {
    int draws = 100_000;
    double uniform = 0;
    double normal = 0;
    double square = 0;
    int below = 0;
    for (int token = 0; token < draws; token++) {
      uniform += Chance.uniform(7, token, 0);
      double z = Chance.normal(7, token);
      normal += z;
      square += z * z;
      below += Chance.normalShare(z) < .2 ? 1 : 0;
    }
    assertThat(uniform / draws).isCloseTo(.5, within(.005));
    assertThat(normal / draws).isCloseTo(0, within(.015));
    assertThat(square / draws).isCloseTo(1, within(.02));
    assertThat(below / (double) draws).isCloseTo(.2, within(.005));
  }

  @Test
  void theNormalShareIsThatOfTheTables() {
    assertThat(Chance.normalShare(0)).isCloseTo(.5, within(1e-6));
    assertThat(Chance.normalShare(1.96)).isCloseTo(.975002, within(1e-5));
    assertThat(Chance.normalShare(-1.96)).isCloseTo(.024998, within(1e-5));
  }

  @ParameterizedTest
  @EnumSource
  void theStatedShareOfRanksPassesWhateverMetricAndThreshold(ConfidenceMetric metric) {
    for (float threshold : new float[] {-.5f, 0, .3f, .9f, 1.5f, 40, 1e6f}) {
      for (int step = 0; step < 20 && metric.isLegal(threshold); step++) {
        double rank = step / 20.0;
        float confidence = Chance.confidence(rank, .5, ramp(metric, threshold));
        assertThat(confidence).isBetween(metric.least(), metric.most());
        boolean mustPass = threshold == metric.least() && metric.passes(threshold, threshold);
        assertThat(metric.passes(confidence, threshold))
            .as("threshold %s, rank %.2f", threshold, rank)
            .isEqualTo(rank < .5 || mustPass);
      }
    }
    assertThat(Chance.confidence(.2, .5, ramp(ConfidenceMetric.MARGIN, 1)))
        .as("nothing passes 1")
        .isEqualTo(1);
  }

  private static RampSpec ramp(ConfidenceMetric metric, float threshold) {
    return new RampSpec(3, metric, threshold);
  }

  @Test
  void smallerRanksAreSurer() {
    RampSpec ramp = ramp(ConfidenceMetric.MARGIN, .5f);
    assertThat(Chance.confidence(.1, .5, ramp)).isGreaterThan(Chance.confidence(.2, .5, ramp));
    assertThat(Chance.confidence(.7, .5, ramp)).isGreaterThan(Chance.confidence(.9, .5, ramp));
  }
}
