package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Laws of the scheduler over seeded random workloads on the hash device. */
class SchedulerWorkloadsTest {
  private static final int WORKLOADS = 2_500;

  @Test
  void everyScheduleEqualsOneAtATime() {
    forEachSeed(
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          int longest = longest(workload, random);
          for (KvFill kvFill : KvFill.values()) {
            Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
            assertSame(
                reference, Trial.run(workload, workload.randomSchedule(random, kvFill, longest)));
          }
        });
  }

  @Test
  void mapEqualsCopy() {
    forEachSeed(
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          Workload.Schedule schedule =
              workload.randomSchedule(random, KvFill.COPY, longest(workload, random));
          assertSame(
              Trial.run(workload, schedule), Trial.run(workload, schedule.withKvFill(KvFill.MAP)));
        });
  }

  @Test
  void fullDepthEqualsOneAtATime() {
    forEachSeed(
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random).withoutRamps();
          int longest = longest(workload, random);
          KvFill kvFill = anyOf(random);
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(KvFill.MAP, longest));
          assertSame(
              reference, Trial.run(workload, workload.randomSchedule(random, kvFill, longest)));
        });
  }

  @Test
  void disturbancesChangeNoOtherSequence() { // E1, E13, E15
    int[] outcomes = new int[Outcome.values().length];
    forEachSeed(
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          int longest = longest(workload, random);
          KvFill kvFill = anyOf(random);
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule = workload.randomSchedule(random, kvFill, longest);
          Trial.Result[] disturbed =
              new Trial(workload, schedule, HashDevice.OnWrongCell.THROW)
                  .run(random, new Trial.Chances(.3, .03, .02, .02));
          for (int i = 0; i < disturbed.length; i++) {
            Outcome outcome = disturbed[i].outcome();
            outcomes[outcome.ordinal()]++;
            if (outcome != Outcome.CANCELLED && outcome != Outcome.DEVICE_FAULT) {
              assertThat(disturbed[i].equalTo(reference[i])).as("sequence %d", i).isTrue();
            }
          }
        });
    assertThat(outcomes).as("how often each outcome was met").doesNotContain(0);
  }

  @ParameterizedTest
  @EnumSource(
      value = KvFill.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = "MAP") // whose aliases stand in the tables
  void almostEveryWorkloadWithExitsDiffersWithoutKvFill(KvFill kvFill) {
    int withExits = 0;
    int different = 0;
    for (long seed = 0; seed < WORKLOADS; seed++) {
      Random random = new Random(seed);
      Workload workload = Workload.random(random);
      Workload.Schedule schedule =
          workload.randomSchedule(random, kvFill, workload.longestSequence());
      Trial.Result[] expected = Trial.run(workload, schedule);
      if (Arrays.stream(expected).anyMatch(Trial.Result::hasExits)) {
        Trial.Result[] actual =
            new Trial(workload, schedule, HashDevice.OnWrongCell.READ_IT)
                .withoutKvFill()
                .run(new Random(0), Trial.Chances.NONE);
        boolean differs = !same(expected, actual);
        withExits++;
        different += differs ? 1 : 0;
        assertThat(differs || !readsFilledKv(expected)).as("seed %d differs", seed).isTrue();
      }
    }
    assertThat(withExits).as("workloads with exits").isGreaterThan(2_000);
    assertThat(different).as("of %d", withExits).isGreaterThan((int) (.95 * withExits));
  }

  /** Whether a deep pass comes after an exit in some sequence, so that filled K and V are read. */
  private static boolean readsFilledKv(Trial.Result[] results) {
    for (Trial.Result result : results) {
      short deepest = 0;
      for (int token = result.depths().length - 1; token > 0; token--) {
        if (result.depths()[token] < deepest) {
          return true;
        }
        deepest = (short) Math.max(deepest, result.depths()[token]);
      }
    }
    return false;
  }

  private static KvFill anyOf(Random random) {
    return KvFill.values()[random.nextInt(KvFill.values().length)];
  }

  /** Now and then the longest sequence cuts completions short. */
  private static int longest(Workload workload, Random random) {
    int longest = workload.longestSequence();
    int longestPrompt =
        workload.prompts().stream().mapToInt(p -> p.tokens().length).max().orElseThrow();
    return random.nextInt(4) == 0 ? Math.max(longestPrompt + 1, longest - 5) : longest;
  }

  private static void forEachSeed(LongConsumer law) {
    Seeds.forEach(WORKLOADS, law);
  }

  private static void assertSame(Trial.Result[] expected, Trial.Result[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i].equalTo(expected[i]))
          .as("sequence %d: %s, expected %s", i, actual[i], expected[i])
          .isTrue();
    }
  }

  private static boolean same(Trial.Result[] expected, Trial.Result[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (!actual[i].equalTo(expected[i])) {
        return false;
      }
    }
    return true;
  }
}
