package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Seeded disturbances of all kinds at once, with several tasks on one engine. */
@Timeout(120)
class OneCompletionTest {
  private static final EngineOptions OPTIONS = EngineOptions.defaults().withMeasureMillis(0);

  @Test
  void everySubmitEndsInOneCompletionWhateverHappens() throws Exception {
    for (long seed = 0; seed < 40; seed++) {
      disturbedRun(new Random(seed));
    }
  }

  /** Several tasks submit while calls fail, the device is lost, or the engine is closed. */
  private static void disturbedRun(Random random) throws Exception {
    double failing = random.nextInt(3) == 0 ? 0 : random.nextDouble() * .1;
    int lostAt = random.nextInt(3) == 0 ? random.nextInt(400) : Integer.MAX_VALUE;
    Random faults = new Random(random.nextLong());
    CountDownLatch someSteps = new CountDownLatch(random.nextInt(200));
    InterceptedBackend backend =
        new InterceptedBackend(
            (verb, ordinal) -> {
              someSteps.countDown();
              if (ordinal == lostAt) {
                throw new DeviceLostException("injected loss");
              } else if (faults.nextDouble() < failing) {
                throw new DeviceException("injected failure");
              }
            });
    EngineOptions options =
        OPTIONS.withSlots(1 + random.nextInt(16)).withMailboxTokens(1 + random.nextInt(500));
    boolean closesEarly = random.nextBoolean();
    DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), options, backend);
    ExecutorService tasks = Executors.newFixedThreadPool(3);
    try {
      List<EngineSession> sessions = new ArrayList<>();
      for (int task = 0; task < 3; task++) {
        sessions.add(engine.openSession("task " + task));
      }
      List<Future<?>> running = new ArrayList<>();
      for (EngineSession session : sessions) {
        Random ofTask = new Random(random.nextLong());
        running.add(tasks.submit(() -> submitAndCount(session, ofTask)));
      }
      if (closesEarly) {
        Await.until(
            "some steps or the end",
            () -> someSteps.getCount() == 0 || running.stream().allMatch(Future::isDone));
        engine.close();
      }
      for (Future<?> task : running) {
        task.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a task failed", e);
    } finally {
      tasks.shutdown();
      engine.close();
    }
    assertThat(backend.closed()).isEqualTo(1);
    assertThat(engine.snapshot().completed()).isEqualTo(engine.snapshot().submitted());
  }

  private static Object submitAndCount(EngineSession session, Random random)
      throws InterruptedException {
    boolean cancels = random.nextInt(3) == 0;
    int submitted = Requests.submitUntilRefused(session, 20 + random.nextInt(100));
    if (cancels) {
      session.close();
    }
    assertThat(Replies.all(session)).hasSize(submitted);
    session.close();
    assertThat(session.poll(0)).as("a second completion").isNull();
    return session;
  }
}
