package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.schedule.Sequence;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Requests that are due, on a simulated GPU, which takes milliseconds for each token. */
class UrgencyTest {
  private static final EngineOptions SIMULATED =
      EngineOptions.defaults().withDevice("sim:h200/llama-2-13b@.5").withMeasureMillis(0);

  @Test
  void aRequestThatIsLateIsCompletedAllTheSame() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), SIMULATED);
        EngineSession session = engine.openSession("task")) {
      for (int id = 0; id < 20; id++) {
        Request usual = Requests.of(id, 10);
        Urgency urgency = new Urgency(id, 1);
        session.submit(new Request(id, usual.promptTokens(), usual.sampling(), urgency), 30_000);
      }
      Map<Long, Completion> all = Replies.all(session);
      assertThat(all).hasSize(20);
      assertThat(all.values()).noneMatch(late -> late.finishReason() == FinishReason.ERROR);
      assertThat(all.values()).allMatch(late -> late.timing().totalMicros() > 1_000);
      assertThat(engine.snapshot().lateRows()).isEqualTo(20);
    }
  }

  @Test
  void timesOnASimulatedDeviceAreThoseOfItsClock() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), SIMULATED);
        EngineSession session = engine.openSession("task")) {
      session.submit(Requests.of(1, 10), 30_000);
      Completion completion = Replies.next(session);
      long busy = engine.snapshot().busyMicros();
      assertThat(engine.snapshot().lateRows()).as("without a deadline").isZero();
      assertThat(completion.timing().totalMicros()).isBetween(busy - 1, busy + 1);
      assertThat(busy).as("modelled").isGreaterThan(1_000L * completion.tokens().length);
    }
  }

  @Test
  void aDeadlineBeyondTheEndOfTimeIsNone() {
    assertThat(new Urgency(0, 1).dueNanos(7)).isEqualTo(1_000_007);
    assertThat(new Urgency(0, 0).dueNanos(7)).isEqualTo(Sequence.NO_DEADLINE);
    long most = Long.MAX_VALUE / 1_000_000;
    assertThat(new Urgency(0, most).dueNanos(0)).isEqualTo(most * 1_000_000);
    for (long millis : new long[] {most, most + 1, Long.MAX_VALUE}) {
      assertThat(new Urgency(0, millis).dueNanos(1L << 40)).isEqualTo(Sequence.NO_DEADLINE);
    }
  }

  @Test
  void namesWhatIsOutOfRange() {
    assertThatThrownBy(() -> new Urgency(0, -1))
        .hasMessage("deadlineMillis must be at least 0, not -1");
  }
}
