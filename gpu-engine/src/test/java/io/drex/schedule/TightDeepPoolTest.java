package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pre-emption where the pool behind the ramp is tight and what was learnt of it is wrong (E6). */
class TightDeepPoolTest {
  private static final int TOKEN = 5;
  private static final int PROMPT = 10;
  private static final int NEW_TOKENS = 51;
  private static final int POSITIONS = PROMPT + NEW_TOKENS - 1;
  private static final int EARLY = 40;
  private static final int DEEP = 12;

  private final HeadReadings readings = new HeadReadings(200);
  private float confidence;

  /** Sequences that leave early teach little need; those that follow never leave. */
  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16})
  void sequencesThatTurnOutDeepAreNotPreemptedOverAndOver(int blockTokens) {
    int deepBlocks = (POSITIONS + blockTokens) / blockTokens;
    Scheduler scheduler = scheduler(new CacheGeometry(2, blockTokens, 1_000, deepBlocks));
    confidence = .9f;
    add(scheduler, EARLY);
    run(scheduler);
    assertThat(scheduler.counters().preemptions()).as("while all leave early").isZero();
    confidence = .1f;
    List<Sequence> deep = add(scheduler, DEEP);
    run(scheduler);
    assertThat(deep).allMatch(s -> s.tokenCount() == NEW_TOKENS);
    long preemptions = scheduler.counters().preemptions();
    assertThat(preemptions).as("pre-emptions of %d sequences", DEEP).isBetween(1L, 2L * DEEP);
    assertThat(scheduler.counters().replayedRows())
        .as("rows run again, beside %d", DEEP * POSITIONS)
        .isLessThan((long) DEEP * POSITIONS);
  }

  @Test
  void whatASequenceHeldIsCountedOnWhenItIsAdmittedAgain() {
    Scheduler scheduler = scheduler(new CacheGeometry(2, 1, 1_000, POSITIONS + 1));
    confidence = .9f;
    add(scheduler, EARLY);
    run(scheduler);
    confidence = .1f;
    List<Sequence> deep = add(scheduler, 3);
    while (scheduler.counters().preemptions() == 0) {
      step(scheduler);
    }
    Sequence youngest = deep.stream().filter(s -> !s.isAdmitted()).findFirst().orElseThrow();
    int known = youngest.knownPositions();
    while (!youngest.isAdmitted()) {
      step(scheduler);
    }
    assertThat(youngest.expectedBlocks[1]).as("blocks").isGreaterThanOrEqualTo(known);
  }

  private static Scheduler scheduler(CacheGeometry cache) {
    return new Scheduler(
        new Limits(cache, KvFill.MAP, 6, 16, POSITIONS + 1),
        Workload.spec(8, 100, List.of(new RampSpec(3, ConfidenceMetric.MARGIN, .5f))),
        Set.of(),
        new ExitPolicy.Rebatch(),
        new FlushPolicy.Fixed(2, 9));
  }

  private static List<Sequence> add(Scheduler scheduler, int count) {
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Sequence sequence = new Sequence(new int[PROMPT], NEW_TOKENS, 0, Deaf.LISTENER);
      scheduler.add(sequence);
      sequences.add(sequence);
    }
    return sequences;
  }

  private void run(Scheduler scheduler) {
    while (!scheduler.isIdle()) {
      step(scheduler);
    }
    scheduler.checkIntegrity();
  }

  private void step(Scheduler scheduler) {
    assertThat(scheduler.counters().steps()).as("steps").isLessThan(100_000);
    assertThat(scheduler.plan()).isTrue();
    Arrays.fill(readings.token, TOKEN);
    Arrays.fill(readings.confidence, confidence);
    scheduler.apply(readings);
  }
}
