package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that has no memory for large calls gets small ones, and nothing else changes (E2). */
class OutOfMemoryTest {
  private static final int WORKLOADS = 2_000;

  @Test
  void smallerCallsGiveTheSameBytesAndFailNoRow() {
    int[] shrinking = new int[1];
    Seeds.forEach(
        WORKLOADS,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          int longest = workload.longestSequence();
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule =
              random.nextBoolean()
                  ? workload.tightSchedule(random, kvFill, longest)
                  : workload.randomSchedule(random, kvFill, longest);
          Trial trial =
              new Trial(workload, schedule, HashDevice.OnWrongCell.THROW)
                  .withMemoryFor(2 * kvFill.hiddenPerSequence() + random.nextInt(8));
          Trial.Result[] actual = trial.run(random, new Trial.Chances(.5, 0, 0, 0));
          for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i].equalTo(reference[i]))
                .as("sequence %d: %s, expected %s", i, actual[i], reference[i])
                .isTrue();
          }
          assertThat(trial.counters().outOfMemoryCalls()).as("failed calls").isLessThan(10);
          shrinking[0] += trial.counters().outOfMemoryCalls() > 0 ? 1 : 0;
        });
    assertThat(shrinking[0]).as("workloads that ran out of memory").isGreaterThan(WORKLOADS / 2);
  }

  /** Their rows go on together where they fit, and else in parts. */
  @ParameterizedTest
  @ValueSource(strings = {"any", "all", "median", "mean", "latency_only", "art", "art:1"})
  void groupedPoliciesComeToTheirEndInSmallerCalls(String policy) {
    long[] outOfMemory = new long[1];
    Seeds.forEach(
        WORKLOADS / 10,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial trial =
              new Trial(
                      workload,
                      workload.randomSchedule(random, kvFill, workload.longestSequence()),
                      Presets.exitPolicy(policy),
                      HashDevice.OnWrongCell.THROW)
                  .withMemoryFor(2 * kvFill.hiddenPerSequence() + random.nextInt(8));
          for (Trial.Result result : trial.run(random, new Trial.Chances(.5, 0, 0, 0))) {
            assertThat(result.outcome()).isNotEqualTo(Outcome.DEVICE_FAULT);
          }
          outOfMemory[0] += trial.counters().outOfMemoryCalls();
        });
    assertThat(outOfMemory[0]).isPositive();
  }

  @Test
  void aCallThatCannotBeSmallerCountsAgainstItsRow() {
    List<Integer> calls = new ArrayList<>();
    Scheduler scheduler = scheduler(KvFill.MAP, 4);
    Sequence sequence = new Sequence(new int[8], 9, 0, Deaf.LISTENER);
    scheduler.add(sequence);
    while (scheduler.plan()) {
      calls.add(scheduler.rows().rows);
      scheduler.retryCallSmaller();
      scheduler.checkIntegrity();
    }
    assertThat(calls).containsExactly(8, 2, 1, 1);
    assertThat(sequence.outcome()).isEqualTo(Outcome.DEVICE_FAULT);
    assertThat(scheduler.isIdle()).isTrue();
    assertThat(scheduler.counters().outOfMemoryCalls()).isEqualTo(4);
  }

  @Test
  void noCallHasMoreRowsThanHalfOfTheOneThatFailed() {
    for (KvFill kvFill : KvFill.values()) {
      Scheduler scheduler = scheduler(kvFill, 16);
      for (int i = 0; i < 16; i++) {
        scheduler.add(new Sequence(new int[5], 9, 0, Deaf.LISTENER));
      }
      scheduler.plan();
      int most = scheduler.rows().rows / 2;
      scheduler.retryCallSmaller();
      assertThat(scheduler.mostRows()).isEqualTo(most);
      HeadReadings readings = new HeadReadings(100);
      int largest = 0;
      while (scheduler.plan()) {
        largest = Math.max(largest, scheduler.rows().rows);
        Arrays.fill(readings.token, 5);
        scheduler.apply(readings);
      }
      assertThat(largest).isBetween(2, most);
    }
  }

  @Test
  void callsBecomeLargerAgainAfterManyThatWentWell() {
    Scheduler scheduler = scheduler(KvFill.MAP, 16);
    for (int i = 0; i < 5_000; i++) {
      scheduler.add(new Sequence(new int[5], 9, 0, Deaf.LISTENER));
    }
    scheduler.plan();
    scheduler.retryCallSmaller();
    int most = scheduler.mostRows();
    HeadReadings readings = new HeadReadings(100);
    Arrays.fill(readings.token, 5);
    int largest = 0;
    while (scheduler.plan()) {
      largest = Math.max(largest, scheduler.rows().rows);
      scheduler.apply(readings);
    }
    assertThat(scheduler.counters().steps()).isGreaterThan(CallCeiling.GOOD_CALLS);
    assertThat(largest).isGreaterThan(most).isLessThanOrEqualTo(scheduler.mostRows());
    assertThat(scheduler.counters().outOfMemoryCalls()).isEqualTo(1);
  }

  private static Scheduler scheduler(KvFill kvFill, int slots) {
    Limits limits = new Limits(new CacheGeometry(1, 4, 1024), kvFill, slots, 8, 1024);
    return new Scheduler(
        limits,
        Workload.spec(8, 100, List.of()),
        Set.of(0),
        new ExitPolicy.Rebatch(),
        new FlushPolicy.Fixed(2, 9));
  }
}
