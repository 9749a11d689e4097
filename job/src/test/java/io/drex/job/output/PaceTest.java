package io.drex.job.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final Pace pace = new Pace();

  @Test
  void speedsAreOfTheTimeBetweenReadings() {
    pace.read(at(0, 0));
    pace.read(at(5, 100));
    pace.end(at(10, 400));

    assertThat(pace.perSecond()).containsExactly(new Pace.Reading(5, 20), new Pace.Reading(10, 60));
  }

  @Test
  void theEndReplacesAReadingJustBeforeIt() {
    pace.read(at(0, 0));
    pace.read(at(5, 100));
    pace.end(at(5.5, 110));

    assertThat(pace.perSecond()).containsExactly(new Pace.Reading(5.5, 20));
  }

  @Test
  void aRetriedTaskMakesNoNegativeSpeed() {
    pace.read(at(0, 100));
    pace.end(at(5, 40));

    assertThat(pace.perSecond()).containsExactly(new Pace.Reading(5, 0));
  }

  @Test
  void aLongRunKeepsSomeHundredReadingsThatCoverAllOfIt() {
    for (int i = 0; i <= 100_000; i++) {
      pace.read(at(5.0 * i, 50L * i));
    }
    List<Pace.Reading> speeds = pace.perSecond();

    assertThat(speeds).hasSizeBetween(100, 240).allMatch(speed -> speed.tokens() == 10);
    assertThat(speeds.get(0).seconds()).isLessThan(10_000);
    assertThat(speeds.get(speeds.size() - 1).seconds()).isGreaterThan(490_000);
  }

  private static Progress at(double seconds, long tokens) {
    return new Progress(new Progress.Done(1, 0, 0, tokens, 0), new Progress.Work(1, 1), seconds);
  }
}
