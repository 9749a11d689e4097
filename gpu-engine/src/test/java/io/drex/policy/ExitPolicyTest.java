package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExitPolicyTest {
  private static final RampSpec MARGIN = new RampSpec(2, ConfidenceMetric.MARGIN, .5f);
  private static final RampSpec MAX_PROB = new RampSpec(4, ConfidenceMetric.MAX_PROB, .5f);
  private static final RampSpec OFF = new RampSpec(6, ConfidenceMetric.MARGIN, RampSpec.OFF);

  @Test
  void rebatchLetsEveryConfidentRowLeave() {
    ExitPolicy rebatch = Presets.exitPolicy("rebatch");
    assertThat(rebatch.exits(MARGIN, .51f)).isTrue();
    assertThat(rebatch.exits(MAX_PROB, .51f)).isTrue();
  }

  @Test
  void keepsRowsThatAreNotConfident() {
    ExitPolicy rebatch = Presets.exitPolicy("rebatch");
    assertThat(rebatch.exits(MARGIN, .49f)).isFalse();
    assertThat(rebatch.exits(MAX_PROB, .49f)).isFalse();
    assertThat(rebatch.exits(MAX_PROB, Float.NaN)).isFalse();
  }

  @Test
  void aConfidenceAtTheThresholdPassesByMaxProbOnly() {
    ExitPolicy rebatch = Presets.exitPolicy("rebatch");
    assertThat(rebatch.exits(MARGIN, .5f)).isFalse();
    assertThat(rebatch.exits(MAX_PROB, .5f)).isTrue();
  }

  @Test
  void rebatchDropsRampsThatAreOff() {
    assertThat(Presets.exitPolicy("rebatch").activeRamps(List.of(MARGIN, MAX_PROB, OFF)))
        .containsExactly(MARGIN, MAX_PROB);
  }

  @Test
  void fullDepthLooksAtNoRamp() {
    ExitPolicy fullDepth = Presets.exitPolicy("full_depth");
    assertThat(fullDepth.activeRamps(List.of(MARGIN, MAX_PROB))).isEmpty();
    assertThat(fullDepth.exits(MAX_PROB, 1)).isFalse();
  }

  @Test
  void anUnknownPolicyIsAnErrorThatListsTheKnown() {
    assertThatThrownBy(() -> Presets.exitPolicy("Rebatch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("unknown policy 'Rebatch'; known: full_depth, rebatch");
  }
}
