package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WatchdogTest {
  private static final Duration LIMIT = Duration.ofNanos(1_000);

  private final List<Duration> givenUp = new ArrayList<>();
  private final Watchdog watchdog = new Watchdog(LIMIT, (call, allowed) -> givenUp.add(allowed));

  @Test
  void givesACallUpOnceItHasRunForTheLimit() {
    watchdog.begin("a call", 50, 0);
    assertThat(watchdog.look(1_049)).isEqualTo(1);
    assertThat(givenUp).isEmpty();
    assertThat(watchdog.look(1_050)).isZero();
    assertThat(givenUp).containsExactly(LIMIT);
    assertThat(watchdog.look(9_000)).isZero();
    assertThat(givenUp).as("once").hasSize(1);
    assertThatThrownBy(watchdog::end).isInstanceOf(CallGivenUpException.class);
  }

  @Test
  void somethingThatMayTakeLongerIsGivenMore() {
    watchdog.begin("opening", 50, 500);
    assertThat(watchdog.look(1_549)).isEqualTo(1);
    assertThat(watchdog.look(1_550)).isZero();
    assertThat(givenUp).containsExactly(Duration.ofNanos(1_500));
  }

  @Test
  void leavesCallsAloneThatCameBackHoweverManyThereWere() {
    for (long now = 0; now < 100_000; now += 900) {
      watchdog.begin("a call", now, 0);
      assertThat(watchdog.look(now + 899)).isEqualTo(101);
      watchdog.end();
      assertThat(watchdog.look(now + 2_000)).as("nothing runs").isEqualTo(1_000);
    }
    assertThat(givenUp).isEmpty();
  }

  @Test
  void aCallThatFailsHasComeBack() {
    DeviceException failure = new DeviceException("kernel 7 failed");
    assertThatThrownBy(
            () ->
                watchdog.watch(
                    () -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(watchdog.look(System.nanoTime() + 9_000)).isEqualTo(1_000);
  }

  @Test
  void aCallThatFailsAfterItWasGivenUpOnlySaysThat() {
    assertThatThrownBy(
            () ->
                watchdog.watch(
                    () -> {
                      watchdog.look(System.nanoTime() + 9_000);
                      throw new DeviceException("kernel 7 failed");
                    }))
        .isInstanceOf(CallGivenUpException.class);
  }

  @Test
  void aCallBelongsToOneSideOnly() throws InterruptedException {
    for (int round = 0; round < 500; round++) {
      List<Duration> taken = new ArrayList<>();
      Watchdog raced = new Watchdog(LIMIT, (call, allowed) -> taken.add(allowed));
      CountDownLatch together = new CountDownLatch(2);
      raced.begin("a call", 0, 0);
      Thread looking =
          new Thread(
              () -> {
                together.countDown();
                Waiting.uninterruptibly(together::await);
                raced.look(1_000);
              });
      looking.start();
      together.countDown();
      together.await();
      boolean cameBack = cameBack(raced);
      looking.join();
      assertThat(taken).hasSize(cameBack ? 0 : 1);
    }
  }

  private static boolean cameBack(Watchdog watchdog) {
    try {
      watchdog.end();
      return true;
    } catch (CallGivenUpException e) {
      return false;
    }
  }
}
