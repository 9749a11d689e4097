package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ThresholdHistoryTest {
  private final ThresholdHistory history = new ThresholdHistory();

  @Test
  void keepsEveryChangeWhileThereAreFew() {
    add(0, 32);
    add(10, 32);
    add(20, 7);
    add(30, 32);
    assertThat(history.view()).containsExactly(at(0, 32), at(20, 7), at(30, 32));
  }

  @Test
  void staysShortAndKeepsTheFirstAndThePresentThresholds() {
    Random random = new Random(1);
    long micros = 0;
    for (int change = 0; change < 100_000; change++) {
      micros += 1 + random.nextInt(1_000);
      add(micros, change);
      List<FlushThresholds> view = history.view();
      assertThat(view).hasSizeLessThanOrEqualTo(ThresholdHistory.MOST);
      assertThat(view.get(view.size() - 1)).isEqualTo(at(micros, change));
      assertThat(view.get(0).rows()).containsExactly(0);
    }
    assertThat(history.view())
        .isSortedAccordingTo((a, b) -> Long.compare(a.fromMicros(), b.fromMicros()));
    assertThat(history.view()).hasSizeGreaterThan(ThresholdHistory.MOST / 4);
    long widest = 0;
    for (int i = 1; i < history.view().size(); i++) {
      long gap = history.view().get(i).fromMicros() - history.view().get(i - 1).fromMicros();
      widest = Math.max(widest, gap);
    }
    assertThat(widest).as("no long time is left out").isLessThan(micros / 8);
  }

  private void add(long micros, int rows) {
    history.add(at(micros, rows));
  }

  private static FlushThresholds at(long micros, int rows) {
    return new FlushThresholds(micros, List.of(rows));
  }
}
