package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.CostSource;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPlan;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.policy.Gpu;
import io.drex.policy.ModelShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlushControlTest {
  private static final int SLOTS = 8;
  private static final float LEAVES = .9f;
  private static final float STAYS = .1f;

  private final Limits limits =
      new Limits(new CacheGeometry(2, 16, SLOTS * 64), KvFill.MAP, SLOTS, 64, 1_000);
  private final FlushPolicy.Planned policy =
      new FlushPolicy.Planned(FlushTable.constant(SLOTS, 1), 9);
  private final Scheduler scheduler =
      new Scheduler(
          limits,
          Workload.spec(32, 100, List.of(new RampSpec(16, ConfidenceMetric.MAX_PROB, .5f))),
          Set.of(),
          new ExitPolicy.Rebatch(),
          policy);
  private final FlushControl control =
      new FlushControl(
          scheduler,
          policy,
          new CostSource.Known(CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 16)),
          limits);
  private final HeadReadings readings = new HeadReadings(limits.maxRows());

  @Test
  void plansOnceItHasSeenRows() {
    add(SLOTS, 900);
    assertThat(run(15, LEAVES)).isEmpty();
    List<FlushControl.Planning> plans = run(60, LEAVES);
    assertThat(plans).isNotEmpty();
    assertThat(plans.get(0).slots()).isEqualTo(SLOTS);
    assertThat(plans.get(0).maxBufferAgeSteps()).isEqualTo(9);
    assertThat(plans.get(0).load().exitRates().get(0)).isGreaterThan(.8);
  }

  @Test
  void leavesThePlanWhileRowsStayAsTheyAreAndPlansAnewWhenTheyLeaveLess() {
    add(SLOTS, 900);
    run(500, LEAVES);
    assertThat(run(64, LEAVES)).as("longer contexts at most").hasSizeLessThanOrEqualTo(1);
    List<FlushControl.Planning> plans = run(160, STAYS);
    assertThat(plans).hasSizeGreaterThan(3);
    assertThat(plans.get(plans.size() - 1).load().exitRates().get(0)).isLessThan(.7);
  }

  @Test
  void plansForPromptsUntilNoneHasWaitedForAWhile() {
    add(SLOTS + 4, 60);
    assertThat(run(100, LEAVES)).isNotEmpty().allMatch(plan -> plan.load().hasPrompts());
    add(SLOTS, 600);
    List<FlushControl.Planning> later = run(300, LEAVES);
    assertThat(later.get(later.size() - 1).load().hasPrompts()).isFalse();
  }

  @Test
  void flushesByThePlanThatItTook() {
    add(SLOTS, 900);
    run(100, LEAVES);
    FlushPlan plan = control.planning().plan();
    control.adopt(plan);
    assertThat(policy.table()).isSameAs(plan.table());
  }

  private void add(int sequences, int newTokens) {
    for (int i = 0; i < sequences; i++) {
      scheduler.add(new Sequence(new int[5], newTokens, 0, Deaf.LISTENER));
    }
  }

  /** Returns what was to be planned on the way. */
  private List<FlushControl.Planning> run(int steps, float confidence) {
    List<FlushControl.Planning> plans = new ArrayList<>();
    Arrays.fill(readings.token, 5);
    Arrays.fill(readings.confidence, confidence);
    for (int step = 0; step < steps && scheduler.plan(); step++) {
      scheduler.apply(readings);
      control.called(10);
      if (control.isDue()) {
        plans.add(control.planning());
      }
    }
    return plans;
  }
}
