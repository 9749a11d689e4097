package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Steps told one by one; the laws over random workloads are {@link PrefixWorkloadsTest}. */
class PrefixesTest {
  private static final int BLOCK = 4;
  private static final int TEMPLATE = 3 * BLOCK;

  private final HeadReadings readings = new HeadReadings(200);

  @Test
  void aCommonBeginningRunsOnceThoughAllStartTogether() {
    Scheduler scheduler = scheduler(100, 8);
    for (int row = 0; row < 6; row++) {
      scheduler.add(sequence(row, 5, 3));
    }
    run(scheduler);
    assertThat(scheduler.counters().promptRows()).isEqualTo(TEMPLATE + 6 * 5);
    assertThat(scheduler.sharedPromptRows()).isEqualTo(5 * TEMPLATE);
  }

  @Test
  void itStaysWhenItsLastUserIsGone() {
    Scheduler scheduler = scheduler(100, 8);
    for (int row = 0; row < 3; row++) {
      scheduler.add(sequence(row, 5, 3));
      run(scheduler);
    }
    assertThat(scheduler.sharedPromptRows()).isEqualTo(2 * TEMPLATE);
  }

  @Test
  void anEqualPromptRunsItsLastBlockForTheHead() {
    Scheduler scheduler = scheduler(100, 8);
    for (int row = 0; row < 2; row++) {
      scheduler.add(sequence(7, BLOCK, 3));
      run(scheduler);
    }
    assertThat(scheduler.sharedPromptRows()).isEqualTo(TEMPLATE);
    assertThat(scheduler.counters().promptRows()).isEqualTo(TEMPLATE + 2 * BLOCK);
  }

  @Test
  void whatNobodyUsesMakesRoomBeforeAnyoneIsPreempted() {
    int blocksOfOne = (TEMPLATE + 5 + 3) / BLOCK;
    Scheduler scheduler = scheduler(blocksOfOne, 1);
    for (int row = 0; row < 9; row++) {
      int[] prompt = new int[TEMPLATE + 5];
      Arrays.fill(prompt, 1 + row);
      scheduler.add(new Sequence(prompt, 3, 0, Deaf.LISTENER));
    }
    run(scheduler);
    assertThat(scheduler.counters().tokens()).isEqualTo(9 * 3);
    assertThat(scheduler.counters().preemptions()).isZero();
  }

  @Test
  void heldKvCountsASharedBlockOnce() {
    Scheduler scheduler = scheduler(100, 8);
    List<Sequence> all = new ArrayList<>();
    for (int row = 0; row < 4; row++) {
      all.add(sequence(row, BLOCK - 1, 2));
    }
    all.forEach(scheduler::add);
    run(scheduler);
    long layers = 8;
    assertThat(scheduler.peakHeldTokenLayers()).isEqualTo((TEMPLATE + 4 * BLOCK) * layers);
  }

  private void run(Scheduler scheduler) {
    while (scheduler.plan()) {
      Arrays.fill(readings.token, 5);
      Arrays.fill(readings.confidence, .1f);
      scheduler.apply(readings);
      scheduler.checkIntegrity();
    }
    assertThat(scheduler.isIdle()).isTrue();
  }

  /** A prompt of the template and some tokens of its own. */
  private static Sequence sequence(int own, int ownTokens, int newTokens) {
    int[] prompt = new int[TEMPLATE + ownTokens];
    Arrays.fill(prompt, 9);
    Arrays.fill(prompt, TEMPLATE, prompt.length, 20 + own);
    return new Sequence(prompt, newTokens, 0, Deaf.LISTENER);
  }

  private static Scheduler scheduler(int blocks, int slots) {
    CacheGeometry cache = new CacheGeometry(2, BLOCK, blocks);
    KvUse sharing = new KvUse(0, PrefixSharing.ON);
    return new Scheduler(
        new Limits(cache, KvFill.MAP, slots, 64, TEMPLATE + 8, sharing),
        Workload.spec(8, 100, List.of(new RampSpec(3, ConfidenceMetric.MAX_PROB, .5f))),
        Set.of(),
        new ExitPolicy.Rebatch(),
        new FlushPolicy.Fixed(1, 9));
  }
}
