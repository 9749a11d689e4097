package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressWatchTest {
  @Test
  void stopsOnlyAboveTheRate() {
    assertThat(ProgressWatch.exceeds(10, 100, 0.1)).isFalse();
    assertThat(ProgressWatch.exceeds(11, 100, 0.1)).isTrue();
    assertThat(ProgressWatch.exceeds(1, 100, 0.0)).isTrue();
    assertThat(ProgressWatch.exceeds(1000, 1000, 1.0)).as("the default never stops").isFalse();
  }

  @Test
  void aFewRowsSayNothingYet() {
    assertThat(ProgressWatch.exceeds(99, 99, 0.1)).isFalse();
  }
}
