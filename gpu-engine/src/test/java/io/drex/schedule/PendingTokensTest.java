package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.RowBatch;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link KvFill#RECOMPUTE} told step by step: 8 layers, ramps after 2 and 5, one sequence. */
class PendingTokensTest {
  private static final int TOKEN = 5;
  private static final int SLOTS = 2;
  private static final int PREFILL = 8;
  private static final float SURE = .9f;
  private static final float UNSURE = .1f;

  /** The slots that the sequence, which has the slot 0, lays hidden states in. */
  private static final int FIRST = 0;

  private static final int SECOND = SLOTS + PREFILL;

  private final HeadReadings readings = new HeadReadings(SLOTS * 2 + PREFILL);
  private final Sequence sequence = new Sequence(new int[2], 9, 0, Deaf.LISTENER);
  private final Scheduler scheduler;

  PendingTokensTest() {
    Limits limits = new Limits(new CacheGeometry(3, 4, 64), KvFill.RECOMPUTE, SLOTS, PREFILL, 64);
    List<RampSpec> ramps =
        List.of(
            new RampSpec(2, ConfidenceMetric.MAX_PROB, .5f),
            new RampSpec(5, ConfidenceMetric.MAX_PROB, .5f));
    scheduler =
        new Scheduler(
            limits,
            Workload.spec(8, 100, ramps),
            Set.of(),
            new ExitPolicy.Rebatch(),
            new FlushPolicy.Fixed(1, 9));
  }

  @BeforeEach
  void runThePrompt() {
    scheduler.add(sequence);
    for (int segment = 0; segment < 3; segment++) {
      step(SURE);
    }
    assertThat(sequence.depths()).containsExactly((short) 8);
  }

  @Test
  void aPendingTokenKeepsItsHiddenSlotAndRidesBesideTheNextRow() {
    plan(0, new int[] {2}, new int[] {FIRST});
    read(SURE);
    assertThat(scheduler.exited().slot[0]).isEqualTo(FIRST);
    plan(0, new int[] {3}, new int[] {SECOND});
    read(UNSURE);
    plan(1, new int[] {2, 3}, new int[] {FIRST, SECOND});
    read(UNSURE);
    plan(2, new int[] {2, 3}, new int[] {FIRST, SECOND});
    read(UNSURE);
    assertThat(sequence.depths()).containsExactly((short) 8, (short) 2, (short) 8);
    plan(0, new int[] {4}, new int[] {SECOND});
    read(SURE);
    plan(0, new int[] {5}, new int[] {FIRST});
    read(UNSURE);
    plan(1, new int[] {4, 5}, new int[] {SECOND, FIRST});
  }

  @Test
  void afterAFailedCallItPendsAgain() {
    step(SURE);
    plan(0, new int[] {3}, new int[] {SECOND});
    scheduler.restartCall();
    plan(0, new int[] {0, 1, 2}, new int[] {SLOTS, SLOTS + 1, FIRST});
    read(UNSURE);
    plan(1, new int[] {0, 1}, new int[] {SLOTS, SLOTS + 1});
    read(UNSURE);
    plan(2, new int[] {0, 1}, new int[] {SLOTS, SLOTS + 1});
    read(UNSURE);
    plan(0, new int[] {3}, new int[] {SECOND});
    read(SURE);
    plan(1, new int[] {2, 3}, new int[] {FIRST, SECOND});
  }

  @Test
  void itJoinsAtTheSegmentThatItHasYetToRun() {
    step(UNSURE);
    plan(1, new int[] {2}, new int[] {FIRST});
    read(SURE);
    plan(0, new int[] {3}, new int[] {SECOND});
    read(SURE);
    plan(1, new int[] {3}, new int[] {SECOND});
    read(SURE);
    plan(2, new int[] {2, 3}, new int[] {FIRST, SECOND});
    read(SURE);
    assertThat(sequence.depths()).containsExactly((short) 8, (short) 5, (short) 8);
    assertThat(sequence.involuntaryStays()).as("confident at two ramps").isEqualTo(2);
  }

  @Test
  void aSequenceThatEndsWithAPendingTokenGivesEverythingBack() {
    step(SURE);
    scheduler.cancel(sequence);
    assertThat(scheduler.isIdle()).isTrue();
    scheduler.checkIntegrity();
  }

  @Test
  void theIntegrityCheckCountsTheCellsOfPendingTokens() {
    step(SURE);
    scheduler.checkIntegrity();
    sequence.pendingFrom = 0;
    assertThatThrownBy(scheduler::checkIntegrity)
        .hasMessage("the scheduler's invariant 6 is broken: 2 cells in segment 1, not 3");
  }

  /** Plans a call of these rows, of which the last has its head read unless it is a prompt's. */
  private void plan(int segment, int[] positions, int[] slots) {
    assertThat(scheduler.plan()).isTrue();
    assertThat(scheduler.segment()).isEqualTo(segment);
    RowBatch rows = scheduler.rows();
    assertThat(rows.rows).isEqualTo(positions.length);
    assertThat(rows.position).startsWith(positions);
    assertThat(rows.slot).startsWith(slots);
    if (!rows.prompt[0]) {
      assertThat(rows.heads).isEqualTo(1);
      assertThat(rows.headRow[0]).isEqualTo(positions.length - 1);
    }
  }

  private void step(float confidence) {
    assertThat(scheduler.plan()).isTrue();
    read(confidence);
  }

  private void read(float confidence) {
    readings.token[0] = TOKEN;
    readings.confidence[0] = confidence;
    scheduler.apply(readings);
    scheduler.checkIntegrity();
  }
}
