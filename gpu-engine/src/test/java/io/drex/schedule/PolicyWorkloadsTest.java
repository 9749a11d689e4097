package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.KvFill;
import io.drex.policy.ExitPolicy;
import io.drex.policy.Presets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Laws of all exit policies over seeded random workloads on the hash device. */
class PolicyWorkloadsTest {
  private static final int WORKLOADS = 400;

  /** What the sequences of all workloads met. */
  private record Verdicts(long involuntaryExits, long involuntaryStays, long exits) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rebatch",
        "any",
        "all",
        "median",
        "mean",
        "latency_only",
        "art",
        "art:0",
        "art:2"
      })
  void noDisturbanceLosesLeaksOrEndsASequenceTwice(String policy) {
    run(policy, KvFill.values().length, new Trial.Chances(.3, .03, .02, .02));
  }

  @Test
  void rebatchAndLatencyOnlyForceNoRow() {
    for (String policy : new String[] {"rebatch", "latency_only"}) {
      Verdicts verdicts = run(policy);
      assertThat(verdicts.involuntaryExits).as(policy).isZero();
      assertThat(verdicts.involuntaryStays).as(policy).isZero();
      assertThat(verdicts.exits).as(policy).isPositive();
    }
  }

  @Test
  void anyForcesRowsOutAndKeepsNone() {
    Verdicts verdicts = run("any");
    assertThat(verdicts.involuntaryExits).isPositive();
    assertThat(verdicts.involuntaryStays).isZero();
  }

  @Test
  void allAndArtKeepRowsBackAndForceNoneOut() {
    for (String policy : new String[] {"all", "art", "art:2"}) {
      Verdicts verdicts = run(policy);
      assertThat(verdicts.involuntaryExits).as(policy).isZero();
      assertThat(verdicts.involuntaryStays).as(policy).isPositive();
      assertThat(verdicts.exits).as(policy).isPositive();
    }
  }

  @Test
  void medianAndMeanForceBothWays() {
    for (String policy : new String[] {"median", "mean"}) {
      Verdicts verdicts = run(policy);
      assertThat(verdicts.involuntaryExits).as(policy).isPositive();
      assertThat(verdicts.involuntaryStays).as(policy).isPositive();
    }
  }

  @Test
  void latencyOnlyEqualsOneAtATime() {
    ExitPolicy policy = Presets.exitPolicy("latency_only");
    for (long seed = 0; seed < WORKLOADS; seed++) {
      Random random = new Random(seed);
      Workload workload = Workload.random(random);
      int longest = workload.longestSequence();
      Trial.Result[] alone = trial(workload, workload.oneAtATime(KvFill.MAP, longest), policy);
      Workload.Schedule schedule = workload.randomSchedule(random, KvFill.MAP, longest);
      assertSame(seed, alone, trial(workload, schedule, policy));
    }
  }

  @Test
  void aBatchOfOneMakesGroupedPoliciesEqualToRebatch() {
    for (String policy : new String[] {"any", "all", "median", "mean", "art:0"}) {
      for (long seed = 0; seed < WORKLOADS / 4; seed++) {
        Workload workload = Workload.random(new Random(seed));
        Workload.Schedule alone = workload.oneAtATime(KvFill.MAP, workload.longestSequence());
        assertSame(
            seed, Trial.run(workload, alone), trial(workload, alone, Presets.exitPolicy(policy)));
      }
    }
  }

  private static Trial.Result[] trial(
      Workload workload, Workload.Schedule schedule, ExitPolicy policy) {
    return new Trial(workload, schedule, policy, HashDevice.OnWrongCell.THROW)
        .run(new Random(0), Trial.Chances.NONE);
  }

  /** Undisturbed, and with KV methods that keep no row back. */
  private static Verdicts run(String policy) {
    return run(policy, KvFill.RECOMPUTE.ordinal(), Trial.Chances.NONE);
  }

  /**
   * @param kvFills how many of the KV methods to draw from
   */
  private static Verdicts run(String policy, int kvFills, Trial.Chances chances) {
    long involuntaryExits = 0;
    long involuntaryStays = 0;
    long exits = 0;
    for (long seed = 0; seed < WORKLOADS; seed++) {
      Random random = new Random(seed);
      Workload workload = Workload.random(random);
      KvFill kvFill = KvFill.values()[random.nextInt(kvFills)];
      Workload.Schedule schedule =
          workload.randomSchedule(random, kvFill, workload.longestSequence());
      Trial trial =
          new Trial(workload, schedule, Presets.exitPolicy(policy), HashDevice.OnWrongCell.THROW);
      try {
        for (Trial.Result result : trial.run(random, chances)) {
          exits += result.hasExits() ? 1 : 0;
        }
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(policy + ", seed " + seed + ": " + e.getMessage(), e);
      }
      involuntaryExits += trial.involuntaryExits();
      involuntaryStays += trial.involuntaryStays();
    }
    return new Verdicts(involuntaryExits, involuntaryStays, exits);
  }

  private static void assertSame(long seed, Trial.Result[] expected, Trial.Result[] actual) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i].equalTo(expected[i]))
          .as("seed %d, sequence %d: %s, expected %s", seed, i, actual[i], expected[i])
          .isTrue();
    }
  }
}
