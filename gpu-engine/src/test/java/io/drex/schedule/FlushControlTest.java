package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.CostSource;
import io.drex.policy.CostTable;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushLoad;
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

  private final Served served = new Served(new CacheGeometry(2, 16, SLOTS * 64));

  @Test
  void plansOnceItHasSeenRows() {
    served.add(SLOTS, 900);
    assertThat(served.run(15, LEAVES)).isEmpty();
    List<FlushControl.Planning> plans = served.run(60, LEAVES);
    assertThat(plans).isNotEmpty();
    assertThat(plans.get(0).slots()).isEqualTo(SLOTS);
    assertThat(plans.get(0).maxBufferAgeSteps()).isEqualTo(9);
    assertThat(plans.get(0).load().exitRates().get(0)).isGreaterThan(.8);
  }

  @Test
  void leavesThePlanWhileRowsStayAsTheyAreAndPlansAnewWhenTheyLeaveLess() {
    served.add(SLOTS, 900);
    served.run(500, LEAVES);
    assertThat(served.run(64, LEAVES)).as("longer contexts at most").hasSizeLessThanOrEqualTo(1);
    List<FlushControl.Planning> plans = served.run(160, STAYS);
    assertThat(plans).hasSizeGreaterThan(3);
    assertThat(plans.get(plans.size() - 1).load().exitRates().get(0)).isLessThan(.7);
  }

  @Test
  void plansForPromptsUntilNoneHasWaitedForAWhile() {
    served.add(SLOTS + 4, 60);
    assertThat(served.run(100, LEAVES)).isNotEmpty().allMatch(plan -> plan.load().hasPrompts());
    served.add(SLOTS, 600);
    List<FlushControl.Planning> later = served.run(300, LEAVES);
    assertThat(later.get(later.size() - 1).load().hasPrompts()).isFalse();
  }

  @Test
  void plansForAsManySequencesAsKvHolds() {
    Served tight = new Served(new CacheGeometry(2, 16, 3 * 40, 3 * 40));
    tight.add(SLOTS, 600); // each takes 38 blocks
    List<FlushControl.Planning> plans = tight.run(200, LEAVES);
    assertThat(plans).isNotEmpty().allMatch(plan -> plan.load().hasPrompts());
    assertThat(plans).extracting(FlushControl.Planning::most).containsOnly(3);
    served.add(SLOTS, 600);
    assertThat(served.run(200, LEAVES)).extracting(FlushControl.Planning::most).containsOnly(SLOTS);
  }

  @Test
  void countsNoPromptTokensThatWereFoundComputed() {
    CacheGeometry cache = new CacheGeometry(2, 4, SLOTS * 64);
    Served sharing = new Served(cache, new KvUse(0, PrefixSharing.ON));
    Served plain = new Served(cache, KvUse.PLAIN);
    for (Served each : List.of(sharing, plain)) {
      each.add(1, 200, 21);
      each.run(20, LEAVES);
      each.add(200, 2, 21); // of which twenty are found, but for the first of them
      each.run(1_000, LEAVES);
    }
    FlushLoad plainLoad = plain.scheduler.load().withPrompts(64);
    assertThat(plainLoad.promptTokens()).isEqualTo(21);
    assertThat(sharing.scheduler.load().withPrompts(64).promptTokens()).isEqualTo(1);
  }

  @Test
  void flushesByThePlanThatItTook() {
    served.add(SLOTS, 900);
    served.run(100, LEAVES);
    FlushPlan plan = served.control.planning().plan();
    served.control.adopt(plan);
    assertThat(served.policy.table()).isSameAs(plan.table());
  }

  /** A scheduler and what is planned for it. */
  private static final class Served {
    private final Limits limits;
    private final FlushPolicy.Planned policy =
        new FlushPolicy.Planned(FlushTable.constant(SLOTS, 1), 9);
    private final Scheduler scheduler;
    private final FlushControl control;
    private final HeadReadings readings;

    Served(CacheGeometry cache) {
      this(cache, KvUse.PLAIN);
    }

    Served(CacheGeometry cache, KvUse kvUse) {
      limits = new Limits(cache, KvFill.MAP, SLOTS, 64, 1_000, kvUse);
      scheduler =
          new Scheduler(
              limits,
              Workload.spec(32, 100, List.of(new RampSpec(16, ConfidenceMetric.MAX_PROB, .5f))),
              Set.of(),
              new ExitPolicy.Rebatch(),
              policy);
      control =
          new FlushControl(
              scheduler,
              policy,
              new CostSource.Known(CostTable.modelled(Gpu.H200, ModelShape.LLAMA_2_7B, 16)),
              limits);
      readings = new HeadReadings(limits.maxRows());
    }

    void add(int sequences, int newTokens) {
      add(sequences, newTokens, 5);
    }

    void add(int sequences, int newTokens, int promptTokens) {
      for (int i = 0; i < sequences; i++) {
        scheduler.add(new Sequence(new int[promptTokens], newTokens, 0, Deaf.LISTENER));
      }
    }

    /** Returns what was to be planned on the way. */
    List<FlushControl.Planning> run(int steps, float confidence) {
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
}
