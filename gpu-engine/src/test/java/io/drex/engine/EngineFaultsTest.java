package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.engine.InterceptedBackend.Verb;
import io.drex.model.LoadedModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of requests when devices fail, sessions close and engines are lost. */
@Timeout(120)
class EngineFaultsTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withSlots(8).withMeasureMillis(0);

  @AfterEach
  void leavesNoThreadBehind() {
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("drex-engine");
  }

  @Test
  void aFailedCallChangesNoResult() throws InterruptedException {
    Map<Long, Completion> expected = runWith((verb, ordinal) -> {});
    for (Verb failing : Verb.values()) {
      Map<Long, Completion> actual =
          runWith(
              (verb, ordinal) -> {
                if (verb == failing && ordinal > 20 && ordinal <= 40) {
                  failOnce(ordinal);
                }
              });
      long same =
          expected.values().stream()
              .filter(c -> sameResult(c, Objects.requireNonNull(actual.get(c.id()))))
              .count();
      long failed =
          actual.values().stream().filter(c -> c.finishReason() == FinishReason.ERROR).count();
      assertThat(same + failed).isEqualTo(expected.size());
      assertThat(same).isPositive();
    }
  }

  private static void failOnce(int ordinal) {
    if (ordinal % 20 == 1 || ordinal % 20 == 2) {
      throw new DeviceException("injected");
    }
  }

  @Test
  void rowsWhoseCallsFailTwiceCarryTheDevicesMessage() throws InterruptedException {
    Map<Long, Completion> all =
        runWith(
            (verb, ordinal) -> {
              throw new DeviceException("kernel 7 failed");
            });
    assertThat(all.values())
        .allSatisfy(
            completion ->
                assertThat(Replies.errorOf(completion))
                    .isEqualTo(
                        new RowError(
                            ErrorCode.DEVICE_FAULT,
                            "two device calls for this row failed, the last with:"
                                + " kernel 7 failed")));
  }

  @Test
  void aLostDeviceFailsAllThatIsPendingAndRefusesMore() throws InterruptedException {
    InterceptedBackend backend =
        new InterceptedBackend(
            (verb, ordinal) -> {
              if (ordinal == 30) {
                throw new DeviceLostException("context is dead");
              }
            });
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession session = engine.openSession("task")) {
      int submitted = Requests.submitUntilRefused(session, 500);
      Map<Long, Completion> all = Replies.all(session);
      assertThat(all).hasSize(submitted);
      List<RowError> errors =
          all.values().stream()
              .filter(c -> c.finishReason() == FinishReason.ERROR)
              .map(Replies::errorOf)
              .toList();
      assertThat(errors)
          .isNotEmpty()
          .allMatch(error -> error.code() == ErrorCode.ENGINE_FAULT && error.code().retryable());
      assertThat(errors.get(0).message()).contains("context is dead");
      assertThat(engine.lost()).hasRootCauseInstanceOf(DeviceLostException.class);
      assertThatThrownBy(() -> session.submit(Requests.of(0, 3), 0))
          .isInstanceOf(EngineException.class)
          .hasMessageContaining("the engine was lost")
          .hasMessageContaining("context is dead");
      assertThatThrownBy(() -> engine.openSession("late")).isInstanceOf(EngineException.class);
      assertThat(engine.snapshot().completed()).isEqualTo(submitted);
    }
    assertThat(backend.closed()).isEqualTo(1);
  }

  @Test
  void aDefectOnTheEngineThreadLosesTheEngine() throws InterruptedException {
    InterceptedBackend backend =
        new InterceptedBackend(
            (verb, ordinal) -> {
              throw new AssertionError("a defect");
            });
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession session = engine.openSession("task")) {
      session.submit(Requests.of(1, 3), 1000);
      assertThat(Replies.errorOf(Replies.next(session)).code()).isEqualTo(ErrorCode.ENGINE_FAULT);
      assertThat(engine.lost()).hasRootCauseMessage("a defect");
    }
  }

  @Test
  void aDeviceThatCannotBeOpenedIsSaidAtOnce() {
    DeviceBackend backend =
        new DeviceBackend() {
          @Override
          public String name() {
            return "small";
          }

          @Override
          public Availability probe() {
            return new Availability.Available("small");
          }

          @Override
          public String implementation() {
            return "small";
          }

          @Override
          public DeviceModel open(LoadedModel model, DeviceOptions options) {
            throw new DeviceException("1 MB of memory is not enough");
          }
        };
    assertThatThrownBy(() -> DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend))
        .isInstanceOf(EngineException.class)
        .hasMessage("the device cannot be opened: 1 MB of memory is not enough");
    Await.until(
        "the engine thread has ended",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("drex-engine")));
  }

  @Test
  void closingTheEngineCompletesWhatIsPending() throws InterruptedException {
    Gate gate = new Gate();
    InterceptedBackend backend = new InterceptedBackend((verb, ordinal) -> gate.pass());
    DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
    EngineSession session = engine.openSession("task");
    for (int id = 0; id < 50; id++) {
      assertThat(session.submit(Requests.of(id, 3), 1000)).isTrue();
    }
    Thread closer = new Thread(engine::close);
    closer.start();
    gate.open();
    closer.join();
    Map<Long, Completion> all = Replies.all(session);
    assertThat(all).hasSize(50);
    assertThat(all.values().stream().filter(c -> c.finishReason() == FinishReason.ERROR))
        .allSatisfy(
            c ->
                assertThat(Replies.errorOf(c))
                    .isEqualTo(
                        new RowError(
                            ErrorCode.ENGINE_FAULT,
                            "the engine was closed before the row finished")));
    assertThatThrownBy(() -> session.submit(Requests.of(99, 3), 0))
        .isInstanceOf(EngineException.class)
        .hasMessage("the engine is closed; open a new one");
    session.close();
    engine.close();
    assertThat(engine.lost()).isNull();
    assertThat(backend.closed()).isEqualTo(1);
  }

  @Test
  void closingASessionCancelsItsRequestsAndNoOthers() throws InterruptedException {
    int afterTheFirstPrompts = 3; // by then rows of both sessions are alive
    Gate submitted = new Gate();
    Gate closing = new Gate();
    InterceptedBackend backend =
        new InterceptedBackend(
            (verb, ordinal) -> {
              if (ordinal == 0) {
                submitted.pass();
              } else if (ordinal == afterTheFirstPrompts) {
                closing.pass();
              }
            });
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession stays = engine.openSession("stays")) {
      EngineSession goes = engine.openSession("goes");
      for (int id = 0; id < 30; id++) {
        assertThat(stays.submit(Requests.of(id, 3), 1000)).isTrue();
        assertThat(goes.submit(Requests.of(id, 3), 1000)).isTrue();
      }
      submitted.open();
      closing.awaitArrival();
      Thread closer = new Thread(goes::close);
      closer.start();
      Await.until("close waits", () -> closer.getState() == Thread.State.WAITING);
      assertThat(goes.inFlight()).isEqualTo(30);
      closing.open();
      closer.join();
      Map<Long, Completion> gone = Replies.all(goes);
      assertThat(gone).hasSize(30);
      assertThat(gone.values().stream().filter(c -> c.finishReason() == FinishReason.ERROR))
          .isNotEmpty()
          .allMatch(c -> Replies.errorOf(c).code() == ErrorCode.CANCELLED);
      assertThat(Replies.all(stays).values())
          .hasSize(30)
          .noneMatch(c -> c.finishReason() == FinishReason.ERROR);
      assertThatThrownBy(() -> goes.submit(Requests.of(1, 3), 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the session goes is closed");
    }
  }

  @Test
  void whoeverClosesASessionWaitsUntilTheEngineHasLetGo() throws InterruptedException {
    Gate gate = new Gate();
    InterceptedBackend backend = new InterceptedBackend((verb, ordinal) -> gate.pass());
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend)) {
      EngineSession session = engine.openSession("task");
      assertThat(session.submit(Requests.of(1, 3), 1000)).isTrue();
      gate.awaitArrival();
      Thread first = new Thread(session::close);
      first.start();
      Await.until("the first waits", () -> first.getState() == Thread.State.WAITING);
      Thread second = new Thread(session::close);
      second.start();
      Await.until(
          "the second waits or has returned",
          () ->
              second.getState() == Thread.State.WAITING
                  || second.getState() == Thread.State.TERMINATED);
      boolean secondWaits = second.isAlive();
      gate.open();
      first.join();
      second.join();
      assertThat(secondWaits).isTrue();
      assertThat(Replies.all(session)).hasSize(1);
    }
  }

  @Test
  void submitsWaitForRoomInTheMailbox() throws InterruptedException {
    Gate gate = new Gate();
    InterceptedBackend backend = new InterceptedBackend((verb, ordinal) -> gate.pass());
    EngineOptions options = OPTIONS.withSlots(1).withMailboxTokens(10);
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), options, backend);
        EngineSession session = engine.openSession("task")) {
      assertThat(session.submit(Requests.of(0, 4), 1000)).isTrue();
      gate.awaitArrival(); // the first request has the only slot
      assertThat(session.submit(Requests.of(1, 6), 1000)).isTrue();
      assertThat(session.submit(Requests.of(2, 4), 1000)).isTrue();
      assertThat(session.submit(Requests.of(3, 1), 1)).as("the mailbox is full").isFalse();
      assertThat(session.inFlight()).isEqualTo(3);
      gate.open();
      assertThat(session.submit(Requests.of(4, 100), 30_000))
          .as("larger than the mailbox")
          .isTrue();
      assertThat(Replies.all(session)).hasSize(4);
    }
  }

  @Test
  void anIdleEngineSleeps() throws InterruptedException {
    Thread[] engineThread = new Thread[1];
    InterceptedBackend backend =
        new InterceptedBackend((verb, ordinal) -> engineThread[0] = Thread.currentThread());
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession session = engine.openSession("task")) {
      session.submit(Requests.of(1, 3), 1000);
      Replies.next(session);
      Await.until(
          "the engine thread sleeps", () -> engineThread[0].getState() == Thread.State.WAITING);
      assertThat(engineThread[0].isDaemon()).isTrue();
    }
  }

  private static Map<Long, Completion> runWith(InterceptedBackend.Interceptor interceptor)
      throws InterruptedException {
    InterceptedBackend backend = new InterceptedBackend(interceptor);
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), OPTIONS, backend);
        EngineSession session = engine.openSession("task")) {
      assertThat(Requests.submitUntilRefused(session, 100)).isEqualTo(100);
      return Replies.all(session);
    }
  }

  private static boolean sameResult(Completion a, Completion b) {
    return a.finishReason() == b.finishReason()
        && Arrays.equals(a.tokens(), b.tokens())
        && Arrays.equals(a.depths(), b.depths())
        && Arrays.equals(a.confidences(), b.confidences());
  }

  /** Holds the engine thread until it is opened. */
  private static final class Gate {
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);

    void pass() {
      arrived.countDown();
      Waiting.uninterruptibly(
          () -> {
            // A test that fails before it opens the gate must not hang in its engine's close.
            if (!open.await(30, TimeUnit.SECONDS)) {
              throw new AssertionError("the gate was never opened");
            }
          });
    }

    void awaitArrival() {
      Waiting.uninterruptibly(arrived::await);
    }

    void open() {
      open.countDown();
    }
  }
}
