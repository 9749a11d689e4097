package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Pools that hardly hold two sequences, so that nearly every workload pre-empts: what runs again
 * must come out as if it had never been disturbed (E6), and the accounting must hold (E13).
 */
class PreemptionWorkloadsTest {
  private static final int WORKLOADS = 2_500;

  private long preempting; // workloads
  private long preemptions;
  private long replayedRows;

  @Test
  void whatIsPreemptedComesOutAsIfItHadRunAlone() {
    Seeds.forEach(
        WORKLOADS,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          int longest = workload.longestSequence();
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule = workload.tightSchedule(random, kvFill, longest);
          Trial trial = new Trial(workload, schedule, HashDevice.OnWrongCell.THROW);
          Trial.Result[] actual = trial.run(random, Trial.Chances.NONE);
          for (int i = 0; i < actual.length; i++) {
            assertThat(actual[i].equalTo(reference[i]))
                .as("sequence %d: %s, expected %s", i, actual[i], reference[i])
                .isTrue();
          }
          count(trial);
        });
    assertThat(preempting).as("workloads that pre-empted").isGreaterThan(WORKLOADS / 2);
    assertThat(replayedRows).as("rows run again").isGreaterThan(preemptions);
  }

  @Test
  void cancellationsAndFailuresAmongPreemptionsChangeNoOtherSequence() {
    Seeds.forEach(
        WORKLOADS,
        seed -> {
          Random random = new Random(seed);
          Workload workload = Workload.random(random);
          int longest = workload.longestSequence();
          KvFill kvFill = KvFill.values()[random.nextInt(KvFill.values().length)];
          Trial.Result[] reference = Trial.run(workload, workload.oneAtATime(kvFill, longest));
          Workload.Schedule schedule = workload.tightSchedule(random, kvFill, longest);
          Trial trial = new Trial(workload, schedule, HashDevice.OnWrongCell.THROW);
          Trial.Result[] actual = trial.run(random, new Trial.Chances(.3, .05, .02, .02));
          for (int i = 0; i < actual.length; i++) {
            Outcome outcome = actual[i].outcome();
            if (outcome != Outcome.CANCELLED && outcome != Outcome.DEVICE_FAULT) {
              assertThat(actual[i].equalTo(reference[i])).as("sequence %d", i).isTrue();
            }
          }
          count(trial);
        });
    assertThat(preempting).as("workloads that pre-empted").isGreaterThan(WORKLOADS / 3);
  }

  private void count(Trial trial) {
    preempting += trial.counters().preemptions() > 0 ? 1 : 0;
    preemptions += trial.counters().preemptions();
    replayedRows += trial.counters().replayedRows();
  }
}
