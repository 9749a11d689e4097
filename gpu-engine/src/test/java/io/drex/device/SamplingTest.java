package io.drex.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamplingTest {

  @ParameterizedTest
  @CsvSource({
    "-0.1, 0, 1, 0, 1, 'temperature must be in [0, 100], not -0.1'",
    "NaN, 0, 1, 0, 1, 'temperature must be in [0, 100], not NaN'",
    "101, 0, 1, 0, 1, 'temperature must be in [0, 100], not 101.0'",
    "1, -1, 1, 0, 1, 'topK must be at least 0, not -1'",
    "1, 0, 0, 0, 1, 'topP must be in (0, 1], not 0.0'",
    "1, 0, 1.1, 0, 1, 'topP must be in (0, 1], not 1.1'",
    "1, 0, NaN, 0, 1, 'topP must be in (0, 1], not NaN'",
    "1, 0, 1, -0.1, 1, 'minP must be in [0, 1], not -0.1'",
    "1, 0, 1, NaN, 1, 'minP must be in [0, 1], not NaN'",
    "1, 0, 1, 0, 0, 'repetitionPenalty must be in [0.1, 10], not 0.0'",
    "1, 0, 1, 0, NaN, 'repetitionPenalty must be in [0.1, 10], not NaN'",
  })
  void refusesWhatIsOutOfRange(
      float temperature, int topK, float topP, float minP, float penalty, String message) {
    assertThatThrownBy(() -> new Sampling(temperature, topK, topP, minP, penalty))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void headsAreGreedyUntilTheyAreToldOtherwise() {
    HeadSampling heads = new HeadSampling(2);
    assertThat(heads.isGreedy(0)).isTrue();
    heads.set(1, new Sampling(1, 0, 1, 0, 1), 3, new int[0]);
    assertThat(heads.isGreedy(1)).isFalse();
    heads.set(1, new Sampling(0, 5, .5f, .5f, 1), 3, new int[0]);
    assertThat(heads.isGreedy(1)).isTrue();
    heads.set(1, new Sampling(0, 0, 1, 0, 1.1f), 3, new int[0]);
    assertThat(heads.isGreedy(1)).isFalse();
  }
}
