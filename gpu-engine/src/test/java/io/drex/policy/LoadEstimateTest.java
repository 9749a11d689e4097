package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LoadEstimateTest {
  private final LoadEstimate load = new LoadEstimate(2);

  @Test
  void guessesUntilRowsWereSeen() {
    assertThat(load.exitRate(1)).isEqualTo(.5);
    assertThat(load.seenRows()).isZero();
    load.met(0, 0, 0);
    assertThat(load.exitRate(0)).isEqualTo(.5);
  }

  @Test
  void findsExitRatesAndFollowsThem() {
    Random random = new Random(2);
    meet(random, .3, 3_000);
    assertThat(load.exitRate(0)).isCloseTo(.3, within(.04));
    meet(random, .8, 5_000);
    assertThat(load.exitRate(0)).isCloseTo(.8, within(.04));
    assertThat(load.exitRate(1)).as("the other ramp").isEqualTo(.5);
  }

  @Test
  void averagesTheContextOverRows() {
    load.attended(1, 100);
    load.attended(3, 600);
    assertThat(load.contextTokens()).isCloseTo(175, within(1e-9));
    assertThat(load.decoding().contextTokens()).isEqualTo(load.contextTokens());
  }

  @Test
  void takesTheLimitForTheLengthUntilASequenceEnded() {
    load.admitted(100);
    load.admitted(300);
    assertThat(load.withPrompts(64).outputTokens()).isEqualTo(200);
    load.ended(17);
    load.admitted(300);
    assertThat(load.withPrompts(64).outputTokens()).isEqualTo(17);
  }

  @Test
  void averagesWhatRanOfPrompts() {
    assertThat(load.withPrompts(64).promptTokens()).as("at least").isEqualTo(1);
    load.prefilled(10);
    load.prefilled(30);
    assertThat(load.withPrompts(64).promptTokens()).isEqualTo(20);
  }

  @Test
  void remembersHowManySequencesWereAliveWhileOthersWaited() {
    assertThat(load.aliveWhenFull()).isZero();
    load.full(10);
    load.full(20);
    assertThat(load.aliveWhenFull()).isEqualTo(15);
  }

  private void meet(Random random, double rate, int rows) {
    for (int done = 0; done < rows; ) {
      int call = 1 + random.nextInt(32);
      int left = 0;
      for (int row = 0; row < call; row++) {
        left += random.nextDouble() < rate ? 1 : 0;
      }
      load.met(0, call, left);
      done += call;
    }
  }
}
