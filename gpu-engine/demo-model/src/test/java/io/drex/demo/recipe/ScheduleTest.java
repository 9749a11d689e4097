package io.drex.demo.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final Schedule SCHEDULE = new Schedule(2000, .004, .5);

  @Test
  void theRateRisesForAHundredStepsAndStaysUntilATenth() {
    assertThat(SCHEDULE.learningRate(1)).isCloseTo(.00004, within(1e-9));
    assertThat(SCHEDULE.learningRate(50)).isCloseTo(.002, within(1e-9));
    assertThat(SCHEDULE.learningRate(100)).isEqualTo(.004);
    assertThat(SCHEDULE.learningRate(200)).isEqualTo(.004);
  }

  @Test
  void theRateThenFallsByACosineToATwentieth() {
    assertThat(SCHEDULE.learningRate(1100)).isCloseTo(.0021, within(1e-9));
    assertThat(SCHEDULE.learningRate(2000)).isCloseTo(.0002, within(1e-9));
    assertThat(SCHEDULE.learningRate(2500)).isCloseTo(.0002, within(1e-9));
    for (int step = 201; step < 2000; step++) {
      assertThat(SCHEDULE.learningRate(step + 1)).isLessThan(SCHEDULE.learningRate(step));
    }
  }

  @Test
  void masksAfterItsShareOfTheSteps() {
    assertThat(SCHEDULE.masks(1000)).isFalse();
    assertThat(SCHEDULE.masks(1001)).isTrue();
    assertThat(new Schedule(2000, .004, 0).masks(1)).isTrue();
    assertThat(new Schedule(2000, .004, 1).masks(2500)).isFalse();
    assertThat(new Schedule(2000, .004, 1).everMasks()).isFalse();
  }

  @Test
  void refusesARateOfNothing() {
    assertThatThrownBy(() -> new Schedule(2000, 0, .5))
        .hasMessage(
            "steps must be at least 1, lr above 0, mask-from in [0, 1];"
                + " got steps=2000 lr=0.0 mask-from=0.5");
  }
}
