package io.drex.device.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

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

  @Test
  void theStatedShareOfRanksPassesWhateverTheThreshold() {
    for (float threshold : new float[] {0, .3f, .9f}) {
      for (int step = 0; step < 20; step++) {
        double rank = step / 20.0;
        float confidence = Chance.confidence(rank, .5, threshold);
        assertThat(confidence).isBetween(0f, 1f);
        assertThat(confidence > threshold).as("rank %.2f", rank).isEqualTo(rank < .5);
      }
    }
    assertThat(Chance.confidence(.2, .5, 1)).as("nothing passes 1").isEqualTo(1);
  }

  @Test
  void smallerRanksAreSurer() {
    assertThat(Chance.confidence(.1, .5, .5f)).isGreaterThan(Chance.confidence(.2, .5, .5f));
    assertThat(Chance.confidence(.7, .5, .5f)).isGreaterThan(Chance.confidence(.9, .5, .5f));
  }
}
