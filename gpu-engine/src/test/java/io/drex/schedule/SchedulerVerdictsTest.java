package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.FlushPolicy;
import io.drex.policy.Presets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the verdicts of each policy do to the next calls, told step by step. */
class SchedulerVerdictsTest {
  private static final int STOP = 0;
  private static final int TOKEN = 5;
  private static final float SURE = .9f;
  private static final float UNSURE = .1f;

  private final HeadReadings readings = new HeadReadings(64);
  private final List<Sequence> sequences = new ArrayList<>();

  @Test
  void aBatchThatMustGoOnRunsItsDeeperSegmentNext() {
    Scheduler scheduler = decoding("all", 3);
    step(scheduler, SURE, UNSURE, SURE);
    add(scheduler, 2); // its prompt has to wait until the batch is through
    assertNext(scheduler, 1, 0, 3);
    read(scheduler, SURE, SURE, SURE);
    assertNext(scheduler, 0, 2, 3);
    assertThat(stays()).containsExactly(1, 0, 1, 0);
    assertThat(scheduler.counters().flushes()).as("nothing was buffered").isZero();
  }

  @Test
  void aRowThatIsForcedOutCounts() {
    Scheduler scheduler = decoding("any", 3);
    step(scheduler, UNSURE, SURE, UNSURE);
    assertThat(sequences).extracting(Sequence::involuntaryExits).containsExactly(1, 0, 1);
    assertThat(sequences).allMatch(s -> Arrays.equals(s.depths(), new short[] {8, 3}));
    assertNext(scheduler, 0, 0, 3);
  }

  @Test
  void aReleasedTokenIsFinalAndItsRowRunsOn() {
    Scheduler scheduler = decoding("latency_only", 2);
    scheduler.plan();
    fill(scheduler, SURE, UNSURE);
    readings.token[0] = 7;
    scheduler.apply(readings);
    assertThat(sequences.get(0).tokens()).containsExactly(TOKEN, 7);
    assertThat(sequences.get(1).tokens()).containsExactly(TOKEN);
    assertNext(scheduler, 1, 0, 2);
    assertThat(scheduler.rows().position).as("of the row, not of the new token").startsWith(2, 2);
    read(scheduler, SURE, SURE);
    assertThat(sequences.get(0).tokens()).as("no second token").containsExactly(TOKEN, 7);
    assertThat(sequences.get(0).depths()).as("of the row").containsExactly((short) 8, (short) 8);
    assertThat(sequences.get(0).exitsBySegment()).as("of the token").containsExactly(1, 1);
    assertThat(sequences.get(1).exitsBySegment()).containsExactly(0, 2);
    assertNext(scheduler, 0, 0, 2);
    assertThat(scheduler.rows().position).startsWith(3, 3);
    assertThat(scheduler.exited().rows).as("its K and V are its own").isZero();
  }

  @Test
  void aReleasedStopTokenEndsItsSequenceAtOnce() {
    Scheduler scheduler = decoding("latency_only", 2);
    scheduler.plan();
    fill(scheduler, SURE, SURE);
    readings.token[0] = STOP;
    scheduler.apply(readings);
    assertThat(sequences.get(0).outcome()).isEqualTo(Outcome.STOP);
    assertNext(scheduler, 1, 0, 1);
  }

  @Test
  void artLetsAnUndecidedBatchGoOnAndBufferedRowsRideAlong() {
    Scheduler scheduler = decoding("art:1", 7); // batches of 3
    step(scheduler, SURE, SURE, UNSURE); // two of three: they leave
    assertNext(scheduler, 0, 0, 3);
    read(scheduler, SURE, UNSURE, UNSURE); // one of three: all go on
    assertNext(scheduler, 1, 0, 3 + 1);
    read(scheduler, SURE, SURE, SURE, SURE);
    assertThat(stays().stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
  }

  @Test
  void artServesThoseThatComeBackFirst() {
    Scheduler scheduler = decoding("art:0", 7);
    step(scheduler, SURE, SURE, SURE);
    assertNext(scheduler, 0, 0, 3);
    assertThat(Arrays.copyOf(scheduler.rows().position, 3)).as("the same three").containsOnly(3);
  }

  @Test
  void rebatchRunsAllReadyRows() {
    Scheduler scheduler = decoding("rebatch", 7);
    assertNext(scheduler, 0, 0, 7);
  }

  private List<Integer> stays() {
    return sequences.stream().map(Sequence::involuntaryStays).toList();
  }

  /** A scheduler of so many sequences, all slots taken but one, that have their first tokens. */
  private Scheduler decoding(String policy, int count) {
    RampSpec ramp = new RampSpec(3, ConfidenceMetric.MAX_PROB, .5f);
    Limits limits = new Limits(new CacheGeometry(2, 4, 1024), KvFill.MAP, count, 32, 64);
    if (count < 7) {
      limits = new Limits(limits.cache(), KvFill.MAP, count + 1, 32, 64);
    }
    Scheduler scheduler =
        new Scheduler(
            limits,
            Workload.spec(8, 100, List.of(ramp)),
            Set.of(STOP),
            Presets.exitPolicy(policy),
            new FlushPolicy.Fixed(4, 99));
    for (int i = 0; i < count; i++) {
      add(scheduler, 2);
    }
    step(scheduler);
    step(scheduler, new float[count]);
    return scheduler;
  }

  private void add(Scheduler scheduler, int promptTokens) {
    Sequence sequence =
        new Sequence(new int[promptTokens], 40 - sequences.size(), 0, Deaf.LISTENER);
    sequences.add(sequence);
    scheduler.add(sequence);
  }

  private void step(Scheduler scheduler, float... confidences) {
    scheduler.plan();
    read(scheduler, confidences);
  }

  private void read(Scheduler scheduler, float... confidences) {
    fill(scheduler, confidences);
    scheduler.apply(readings);
  }

  private void fill(Scheduler scheduler, float... confidences) {
    assertThat(scheduler.rows().heads).as("heads").isEqualTo(confidences.length);
    Arrays.fill(readings.token, TOKEN);
    System.arraycopy(confidences, 0, readings.confidence, 0, confidences.length);
  }

  private static void assertNext(Scheduler scheduler, int segment, int prompt, int decode) {
    assertThat(scheduler.plan()).isTrue();
    assertThat(scheduler.segment()).as("segment").isEqualTo(segment);
    assertThat(scheduler.rows().rows - scheduler.decodeRows()).as("prompt").isEqualTo(prompt);
    assertThat(scheduler.decodeRows()).as("decode rows").isEqualTo(decode);
  }
}
