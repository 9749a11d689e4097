package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfidenceMetricTest {

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void theHighestPassedThresholdIsPassedAndTheNextIsNot(ConfidenceMetric metric) {
    for (float confidence : new float[] {.001f, .5f, .75f, 1}) {
      float threshold = metric.highestPassed(confidence);
      assertThat(metric.isLegal(threshold)).isTrue();
      assertThat(metric.passes(confidence, threshold)).isTrue();
      assertThat(metric.passes(confidence, Math.nextUp(threshold))).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void lessDoubtIsAStricterThreshold(ConfidenceMetric metric) {
    assertThat(metric.within(1e-4f)).isGreaterThan(metric.within(.01f));
    assertThat(metric.isLegal(metric.within(1e-4f))).isTrue();
    assertThat(metric.isLegal(metric.within(.9f))).isTrue();
  }

  @ParameterizedTest
  @EnumSource(ConfidenceMetric.class)
  void nothingPassesOffAndNothingIsLegalThatIsNotANumber(ConfidenceMetric metric) {
    assertThat(metric.passes(1, RampSpec.OFF)).isFalse();
    assertThat(metric.passes(Float.MAX_VALUE, RampSpec.OFF)).isFalse();
    assertThat(metric.isLegal(RampSpec.OFF)).isFalse();
    assertThat(metric.isLegal(Double.NaN)).isFalse();
    assertThat(metric.isLegal(0)).isTrue();
    assertThat(metric.isLegal(1)).isTrue();
  }

  @Test
  void differencesMustExceedTheThresholdAndTheOthersMayEqualIt() {
    assertThat(ConfidenceMetric.MARGIN.passes(.5f, .5f)).isFalse();
    assertThat(ConfidenceMetric.LOGIT_MARGIN.passes(.5f, .5f)).isFalse();
    assertThat(ConfidenceMetric.MAX_PROB.passes(.5f, .5f)).isTrue();
    assertThat(ConfidenceMetric.ENTROPY.passes(.5f, .5f)).isTrue();
    assertThat(ConfidenceMetric.HIDDEN_COSINE.passes(.5f, .5f)).isTrue();
  }

  @Test
  void theDoubtOfADifferenceOfLogitsIsInOdds() {
    float threshold = ConfidenceMetric.LOGIT_MARGIN.within(.1f);
    assertThat(Math.exp(-threshold)).isCloseTo(.1, within(1e-7));
  }
}
