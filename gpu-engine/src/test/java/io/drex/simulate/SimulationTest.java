package io.drex.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.drex.device.sim.ExitProcess;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SimulationTest {
  private static final Demand.Batch BATCH = Demand.Batch.of(300, 128, 64);

  @Test
  void exitsAsOftenAsStatedAndForcesNoRow() {
    for (double rate : new double[] {0, .3, .85, 1}) {
      Outcome outcome = Simulation.run(Cells.decodeOnly(64, 600, .5, rate, 100_000));
      assertThat(outcome.exitShare()).isCloseTo(rate, within(.01));
      assertThat(outcome.involuntaryExits()).isZero();
      assertThat(outcome.involuntaryStays()).isZero();
    }
  }

  @Test
  void theSameScenarioHasTheSameOutcomeAndAnotherSeedAnother() {
    Scenario scenario = Cells.batch(32, .5, BATCH);
    double micros = Simulation.run(scenario).micros();
    assertThat(Simulation.run(scenario).micros()).isEqualTo(micros);
    assertThat(Simulation.run(scenario.withSeed(2)).micros()).isNotEqualTo(micros);
  }

  @Test
  void noTwoSeedsShareASequence() {
    Set<Integer> seen = new HashSet<>();
    int requests = 10_000;
    int seeds = 20;
    for (int seed = 1; seed <= seeds; seed++) {
      for (int request = 0; request < requests; request++) {
        seen.add(Simulation.firstToken(seed, request));
      }
    }
    assertThat(seen).hasSize(seeds * requests);
  }

  @Test
  void whichRowsLeaveDoesNotDependOnTheSchedule() {
    Scenario scenario = Cells.batch(32, .5, BATCH);
    long[] expected = Simulation.run(scenario).tokensBySegment();
    for (int flushRows : new int[] {1, 7, 32}) {
      Scenario other = scenario.with(new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(flushRows, 5));
      assertThat(Simulation.run(other).tokensBySegment()).containsExactly(expected);
    }
    ExitPolicy latencyOnly = new ExitPolicy.LatencyOnly();
    assertThat(Simulation.run(scenario.with(latencyOnly, scenario.flush())).tokensBySegment())
        .containsExactly(expected);
  }

  @Test
  void fullDepthTakesAsLongAsTheTableSays() {
    Scenario cell = Cells.fullDepth(Cells.decodeOnly(64, 600, .5, .5, 64_000));
    Outcome outcome = Simulation.run(cell);
    assertThat(outcome.micros() / outcome.steps())
        .isCloseTo(cell.costs().fullDepthMicros(64, 64 * 600, 0, 64), within(1e-6));
    assertThat(outcome.tokenMicros().mean())
        .isCloseTo(outcome.micros() / outcome.steps(), within(1e-6));
  }

  @Test
  void aBatchGeneratesWhatWasAskedAndHoldsLessKvWithExits() {
    Outcome outcome = Simulation.run(Cells.batch(32, .7, BATCH));
    assertThat(outcome.tokens()).isEqualTo(300 * 64);
    assertThat(outcome.promptTokens()).isEqualTo(300 * 128);
    assertThat(outcome.requestMicros().count()).isEqualTo(300);
    assertThat(outcome.heldTokenLayersPeak()).isLessThan(outcome.plainTokenLayersAtPeak());
  }

  @Test
  void aBufferedRowNeverWaitsBeyondItsBound() { // E8
    for (int maxAge : new int[] {0, 3, 10}) {
      Scenario cell =
          Cells.decodeOnly(64, 600, .5, .97, 50_000)
              .with(new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(64, maxAge));
      assertThat(Simulation.run(cell).bufferedSteps().max()).isEqualTo(maxAge);
    }
    Outcome mixed =
        Simulation.run(
            Cells.batch(32, .97, BATCH)
                .with(new ExitPolicy.Rebatch(), new FlushPolicy.Fixed(32, 10)));
    assertThat(mixed.bufferedSteps().max()).isLessThanOrEqualTo(10 + 3 * 2);
  }

  @Test
  void requestsAreNotLateUnderRebatch() {
    for (int slots : new int[] {64, 128}) {
      for (double rate : new double[] {.5, .85}) {
        Scenario cell = Cells.batch(slots, rate, Demand.Batch.of(6 * slots, 128, 128));
        double late = Simulation.run(cell).requestMicros().quantile(.99);
        double plain = Simulation.run(Cells.fullDepth(cell)).requestMicros().quantile(.99);
        assertThat(late / plain).as("%d slots, exit rate %.2f", slots, rate).isLessThan(1.2);
      }
    }
  }

  @Test
  void easyAndHardStretchesLeaveTheRateAsItIs() {
    Scenario cell = Cells.decodeOnly(64, 600, .5, .5, 200_000);
    Outcome outcome =
        Simulation.run(cell.withExits(new ExitProcess.AutoRegressive(List.of(.5), .9)));
    assertThat(outcome.exitShare()).isCloseTo(.5, within(.02));
  }

  @Test
  void aDriftingRateGoesFromOneValueToTheOther() {
    Scenario cell = Cells.decodeOnly(64, 600, .5, .5, 64 * 1_000);
    ExitProcess drift = new ExitProcess.Drifting(List.of(.3), List.of(.8), 1_000);
    assertThat(Simulation.run(cell.withExits(drift)).exitShare()).isBetween(.53, .60);
  }

  @Test
  void everyPolicyServesABatchToItsEnd() {
    for (Presets preset : Presets.values()) {
      Scenario cell = Cells.batch(17, .5, Demand.Batch.of(60, 20, 30));
      Outcome outcome =
          Simulation.run(
              cell.with(Presets.exitPolicy(preset.text()), new FlushPolicy.Fixed(8, 100)));
      assertThat(outcome.requestMicros().count()).as(preset.text()).isEqualTo(60);
      assertThat(outcome.tokens()).as(preset.text()).isEqualTo(60 * 30);
    }
  }

  @Test
  void stepsAllocateNothing() {
    Simulation simulation = new Simulation(Cells.decodeOnly(64, 600, .5, .5, 400_000));
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] steps = {0, 0};
    simulation.run(
        micros -> {
          steps[0]++;
          if (steps[0] == 5_000) {
            steps[1] = threads.getCurrentThreadAllocatedBytes();
          } else if (steps[0] == 7_000) {
            steps[1] = threads.getCurrentThreadAllocatedBytes() - steps[1];
          }
        });
    assertThat(steps[0]).isGreaterThan(7_000);
    assertThat(steps[1]).as("bytes in 2,000 steps").isLessThan(2_000);
  }
}
