package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Prompts that begin alike share KV blocks, and nothing comes out otherwise. */
class PrefixWorkloadsTest {
  private static final int WORKLOADS = 2_500;

  private long sharing; // workloads
  private long preempting; // of those

  @Test
  void sharingChangesNoResultAndSavesPromptRows() {
    long[] promptRows = new long[2];
    Seeds.forEach(
        WORKLOADS,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random).withCommonPrefixes(random);
          int longest = workload.longestSequence();
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule = workload.randomSchedule(random, kvFill, longest);
          for (PrefixSharing each : PrefixSharing.values()) {
            Trial trial =
                new Trial(workload, schedule.withSharing(each), HashDevice.OnWrongCell.THROW);
            assertSame(reference, trial.run(new Random(seed), Trial.Chances.NONE));
            promptRows[each.ordinal()] += trial.counters().promptRows();
            count(trial);
          }
        });
    assertThat(sharing).as("workloads that shared").isGreaterThan(WORKLOADS / 2);
    assertThat(promptRows[PrefixSharing.ON.ordinal()])
        .isLessThan(promptRows[PrefixSharing.OFF.ordinal()] * 3 / 4);
  }

  @Test
  void cancellationsFailuresAndPreemptionsLeaveNoSharedBlockInUse() { // E13
    Seeds.forEach(
        WORKLOADS,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random).withCommonPrefixes(random);
          int longest = workload.longestSequence();
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule =
              workload.tightSchedule(random, kvFill, longest).withSharing(PrefixSharing.ON);
          Trial trial = new Trial(workload, schedule, HashDevice.OnWrongCell.THROW);
          Trial.Result[] actual = trial.run(random, new Trial.Chances(.3, .1, .02, .02));
          for (int i = 0; i < actual.length; i++) {
            Outcome outcome = actual[i].outcome();
            if (outcome != Outcome.CANCELLED && outcome != Outcome.DEVICE_FAULT) {
              assertThat(actual[i].equalTo(reference[i])).as("sequence %d", i).isTrue();
            }
          }
          count(trial);
        });
    assertThat(sharing).as("workloads that shared").isGreaterThan(WORKLOADS / 2);
    assertThat(preempting).as("those that pre-empted too").isGreaterThan(WORKLOADS / 10);
  }

  private void count(Trial trial) {
    boolean shared = trial.sharedPromptRows() > 0;
    sharing += shared ? 1 : 0;
    preempting += shared && trial.counters().preemptions() > 0 ? 1 : 0;
  }

  private static void assertSame(Trial.Result[] expected, Trial.Result[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i].equalTo(expected[i]))
          .as("sequence %d: %s, expected %s", i, actual[i], expected[i])
          .isTrue();
    }
  }
}
