package io.drex.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace();

  @Test
  void isTheTimeOfASequenceFromTokenToToken() {
    assertThat(pace.nanosPerToken()).isZero();
    for (int call = 0; call < 1_000; call++) { // ten sequences, each with a token in every other
      pace.add(100, 10, 5);
    }
    assertThat(pace.nanosPerToken()).isCloseTo(200, within(1e-6));
  }

  @Test
  void forgetsHowItWas() {
    for (int call = 0; call < 1_000; call++) {
      pace.add(100, 10, 5);
    }
    for (int call = 0; call < 2_000; call++) {
      pace.add(50, 10, 10);
    }
    assertThat(pace.nanosPerToken()).isCloseTo(50, within(1.0));
  }
}
