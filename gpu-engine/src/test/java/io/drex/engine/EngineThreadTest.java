package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceModel;
import io.drex.device.sim.NoopBackend;
import io.drex.model.LoadedModel;
import io.drex.policy.ExitPolicy;
import io.drex.schedule.Scheduler;
import io.drex.schedule.Sequence;
import io.drex.schedule.SequenceListener;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of the thread when a command cannot be obeyed, with a scheduler that is out of turn. */
@Timeout(60)
class EngineThreadTest {
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("sim:noop").withMeasureMillis(0);
  private static final LoadedModel MODEL = TinyModel.withTwoRamps();

  private final EngineSizes sizes =
      EngineSizes.of(
          MODEL.spec(), MODEL.spec().fullDepthMetric(), new ExitPolicy.Rebatch(), OPTIONS);
  private final Scheduler scheduler =
      new Scheduler(
          sizes.limits(),
          MODEL.spec(),
          MODEL.stopTokens(),
          new ExitPolicy.Rebatch(),
          sizes.flush());
  private final Mailbox mailbox = new Mailbox(OPTIONS.mailboxTokens());
  private final EngineClock clock = new EngineClock();
  private final InFlight inFlight = new InFlight(scheduler, mailbox, 3);

  @Test
  void aCancellationThatLosesTheEngineIsAcknowledgedAfterTheLastCompletion()
      throws InterruptedException {
    try (DrexEngine anyEngine = DrexEngine.open(MODEL, OPTIONS)) {
      EngineSession session = new EngineSession(anyEngine, "task", 0);
      PendingCompletion pending = new PendingCompletion(session, Requests.of(1, 3), clock);
      CountDownLatch acknowledged = new CountDownLatch(1);
      assertThat(mailbox.reserve(3, 0)).isTrue();
      mailbox.put(new Mailbox.Command.Submit(pending));
      mailbox.put(new Mailbox.Command.Cancel(session, acknowledged));
      SnapshotBoard board = new SnapshotBoard("test", 1, scheduler, inFlight);
      EngineThread thread =
          new EngineThread(
              watchdog -> openOutOfTurn(board), scheduler, mailbox, inFlight, board, Duration.ZERO);
      thread.start();
      assertThat(acknowledged.await(30, TimeUnit.SECONDS)).as("close returns").isTrue();
      Completion completion = Objects.requireNonNull(session.poll(0), "delivered before");
      assertThat(Replies.errorOf(completion).code()).isEqualTo(ErrorCode.ENGINE_FAULT);
      assertThat(session.poll(0)).isNull();
      assertThat(thread.lost()).hasMessageContaining("neither applied nor restarted");
      assertThat(board.latest().completed()).isEqualTo(board.latest().submitted()).isEqualTo(1);
    }
  }

  /** Leaves a planned call behind, so that the scheduler refuses to cancel anything. */
  private StepLoop openOutOfTurn(SnapshotBoard board) {
    scheduler.add(
        new Sequence(
            new int[3],
            1,
            9,
            new SequenceListener() {
              @Override
              public void admitted() {}

              @Override
              public void firstToken() {}

              @Override
              public void finished(Sequence sequence) {}
            }));
    scheduler.plan();
    DeviceModel device = new NoopBackend().open(MODEL, sizes.device());
    return new StepLoop(scheduler, device, inFlight, board, clock, null);
  }
}
