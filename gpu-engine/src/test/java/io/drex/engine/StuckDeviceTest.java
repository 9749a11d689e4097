package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device call that does not come back loses the engine, and holds nobody up (E4). */
@Timeout(60)
class StuckDeviceTest {
  private static final int STUCK_CALL = 30;
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withSlots(8)
          .withMailboxTokens(100)
          .withMeasureMillis(0)
          .withWatchdogSeconds(1);

  private final CountDownLatch comesBack = new CountDownLatch(1);
  private final InterceptedBackend backend = new InterceptedBackend(this::before);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream stderr = System.err;

  @BeforeEach
  void readTheLog() {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void leavesNoThreadBehind() {
    System.setErr(stderr);
    comesBack.countDown();
    for (String name : new String[] {"drex-engine", "drex-watchdog"}) {
      Await.until(
          name + " has ended",
          () ->
              Thread.getAllStackTraces().keySet().stream()
                  .noneMatch(thread -> thread.getName().equals(name)));
    }
  }

  @Test
  void allThatIsPendingFailsAndNobodyHangs() throws InterruptedException {
    DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
    EngineSession session = engine.openSession("task");
    int submitted = Requests.submitUntilRefused(session, 500); // waits for room at the end
    Map<Long, Completion> all = Replies.all(session);
    assertThat(all).hasSize(submitted).hasSizeLessThan(500);
    assertThat(all.values().stream().filter(c -> c.finishReason() == FinishReason.ERROR))
        .isNotEmpty()
        .allSatisfy(
            c ->
                assertThat(Replies.errorOf(c))
                    .isEqualTo(
                        new RowError(
                            ErrorCode.ENGINE_FAULT,
                            "the engine was lost while the row was in flight: a device call took"
                                + " longer than the watchdog's 1 s")));
    assertThat(engine.lost())
        .hasMessage(
            "the engine was lost: a device call took longer than the watchdog's 1 s;"
                + " open a new one");
    assertThatThrownBy(() -> engine.openSession("late")).isInstanceOf(EngineException.class);
    assertThat(engine.snapshot().completed()).isEqualTo(submitted);
    session.close();
    engine.close();
    assertThat(backend.closed()).as("devices closed while the call is on").isZero();
    comesBack.countDown();
    Await.until("the device is closed", () -> backend.closed() == 1);
    assertThat(engine.snapshot().completed()).as("nothing more").isEqualTo(submitted);
  }

  @Test
  void theLogTellsWhatAllThreadsDid() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession session = engine.openSession("task")) {
      Requests.submitUntilRefused(session, 500);
      Replies.all(session);
    }
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("a device call took longer than the watchdog's 1 s", "raise watchdogSeconds")
        .contains("\"drex-engine\" WAITING")
        .contains("io.drex.engine.StuckDeviceTest.before(StuckDeviceTest.java:");
  }

  @Test
  void withoutAWatchdogItIsWaitedFor() throws InterruptedException {
    EngineOptions options = OPTIONS.withMailboxTokens(10_000).withWatchdogSeconds(0);
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), options, backend);
        EngineSession session = engine.openSession("task")) {
      assertThat(Requests.submitUntilRefused(session, 100)).isEqualTo(100);
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .doesNotContain("drex-watchdog");
      comesBack.countDown();
      assertThat(Replies.all(session).values())
          .hasSize(100)
          .noneMatch(c -> c.finishReason() == FinishReason.ERROR);
    }
  }

  @Test
  @Timeout(20)
  void openingThatDoesNotComeBackFails() {
    InterceptedBackend stuck =
        new InterceptedBackend(
            new InterceptedBackend.Interceptor() {
              @Override
              public void before(InterceptedBackend.Verb verb, int ordinal) {}

              @Override
              public void opening() {
                Waiting.uninterruptibly(comesBack::await);
              }
            });
    assertThatThrownBy(() -> DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, stuck))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "the device cannot be opened: opening the device took longer than the watchdog's 1 s;"
                + " raise watchdogSeconds if the device is only slow");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("opening the device took longer than the watchdog's 1 s")
        .contains("\"drex-engine\" WAITING");
    assertThat(stuck.closed()).isZero();
    comesBack.countDown();
    Await.until("the device that came after all is closed", () -> stuck.closed() == 1);
  }

  @Test
  @Timeout(20)
  void measuringThatDoesNotComeBackFails() {
    EngineOptions measuring = OPTIONS.withMeasureMillis(60_000);
    assertThatThrownBy(() -> DrexEngine.open(TinyModel.withTwoRamps(), measuring, backend))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "the device cannot be opened: a device call took longer than the watchdog's 1 s;"
                + " raise watchdogSeconds if the device is only slow");
    assertThat(log.toString(StandardCharsets.UTF_8))
        .contains("io.drex.cost.CostMeter.measure(CostMeter.java:");
    assertThat(backend.closed()).isZero();
    comesBack.countDown();
    Await.until("the device is closed", () -> backend.closed() == 1);
  }

  private void before(InterceptedBackend.Verb verb, int ordinal) {
    if (ordinal == STUCK_CALL) {
      Waiting.uninterruptibly(comesBack::await);
    }
  }
}
