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

/** Priorities and deadlines, on a clock on which every call takes 10. */
class UrgencyTest {
  private static final int CALL = 10;
  private static final int TOKEN = 5;
  private static final float SURE = .9f;
  private static final float UNSURE = .1f;

  private final List<Sequence> finished = new ArrayList<>();
  private final HeadReadings readings = new HeadReadings(64);
  private final List<Sequence> alive = new ArrayList<>();
  private long now;

  UrgencyTest() {
    Arrays.fill(readings.token, TOKEN);
    Arrays.fill(readings.confidence, SURE);
  }

  @Test
  void theHighestPriorityGoesFirstAndOfItTheLongest() {
    Scheduler scheduler = scheduler(1);
    Sequence plain = add(scheduler, 9, 0);
    Sequence later = add(scheduler, 9, -1);
    Sequence urgent = add(scheduler, 1, 7);
    Sequence urgentAndLong = add(scheduler, 2, 7);
    runToTheEnd(scheduler);
    assertThat(finished).containsExactly(urgentAndLong, urgent, plain, later);
  }

  @Test
  void aLowPriorityIsNotPassedForEver() {
    Scheduler scheduler = scheduler(1);
    Sequence low = add(scheduler, 1, -5);
    for (int i = 0; i < 20; i++) {
      add(scheduler, 2, 5);
      add(scheduler, 2, 5);
      step(scheduler);
      step(scheduler);
    }
    assertThat(finished.indexOf(low)).isBetween(0, 3);
  }

  @Test
  void aBufferIsFlushedWhenAnotherCallBeforeItWouldMakeARowLate() {
    // At 30 the row is in the buffer. A call before its deeper segment, and that, take 20.
    assertThat(stepsUntilTheFlush(49)).isZero();
    assertThat(stepsUntilTheFlush(50)).isEqualTo(1);
    assertThat(stepsUntilTheFlush(61)).isEqualTo(2);
  }

  @Test
  void aDeadlineThatHasPassedForcesNothing() {
    assertThat(stepsUntilTheFlush(20)).isEqualTo(stepsUntilTheFlush(Sequence.NO_DEADLINE));
  }

  @Test
  void aDeadlineThatNoFlushCanMeetForcesNothing() {
    // The call that buffers the row is planned at 20; a deeper one takes 10.
    int never = stepsUntilTheFlush(Sequence.NO_DEADLINE);
    assertThat(stepsUntilTheFlush(29)).isEqualTo(never);
    assertThat(stepsUntilTheFlush(30)).isZero();
  }

  @Test
  void norDoesOneThatTheTokensThatFollowMustMiss() {
    int never = stepsUntilTheFlushOfTheSeventh(Sequence.NO_DEADLINE);
    assertThat(stepsUntilTheFlushOfTheSeventh(80 + 13 * 10 - 1)).isEqualTo(never);
    assertThat(stepsUntilTheFlushOfTheSeventh(80 + 13 * 10)).isZero();
  }

  /**
   * Of 20 tokens, each of which takes 10, as a call does; the one that buffers is planned at 70.
   */
  private int stepsUntilTheFlushOfTheSeventh(long deadline) {
    now = 0;
    Scheduler scheduler = decoding(20);
    for (int i = 0; i < 5; i++) {
      step(scheduler);
    }
    return stepsUntilTheFlush(scheduler, deadline);
  }

  @Test
  void theTokensThatFollowAreLeftTheirTime() {
    Scheduler scheduler = decoding(20);
    for (int i = 0; i < 5; i++) {
      step(scheduler); // a token takes 10 where all leave
    }
    assertThat(stepsUntilTheFlush(scheduler, now + 10 + 20 + 13 * 10)).isZero();
    assertThat(stepsUntilTheFlush(decoding(20), 1_000)).isGreaterThan(5);
  }

  @Test
  void aBufferThatIsDueGoesBeforePrompts() {
    Scheduler scheduler = decoding(9);
    bufferTheFirst(scheduler, 45);
    add(scheduler, 5, 0);
    step(scheduler);
    assertThat(scheduler.segment()).isEqualTo(1);
    assertThat(scheduler.rows().rows).as("without the prompt").isEqualTo(1);
    step(scheduler);
    assertThat(scheduler.rows().prompt[0]).isTrue();
  }

  private int stepsUntilTheFlush(long deadline) {
    now = 0;
    return stepsUntilTheFlush(decoding(9), deadline);
  }

  private int stepsUntilTheFlush(Scheduler scheduler, long deadline) {
    bufferTheFirst(scheduler, deadline);
    for (int steps = 0; ; steps++) {
      step(scheduler);
      if (scheduler.segment() > 0) {
        return steps;
      }
    }
  }

  /** Three sequences with their first token each, in two steps. */
  private Scheduler decoding(int newTokens) {
    Scheduler scheduler = scheduler(4);
    for (int i = 0; i < 3; i++) {
      alive.add(add(scheduler, newTokens, 0));
    }
    step(scheduler);
    step(scheduler);
    return scheduler;
  }

  private void bufferTheFirst(Scheduler scheduler, long deadline) {
    alive.get(alive.size() - 3).dueAt(deadline);
    readings.confidence[0] = UNSURE;
    step(scheduler);
    readings.confidence[0] = SURE;
  }

  private Scheduler scheduler(int slots) {
    CacheGeometry cache = new CacheGeometry(2, 1, 400);
    return new Scheduler(
        new Limits(cache, KvFill.MAP, slots, 16, 40),
        Workload.spec(8, 100, List.of(new RampSpec(3, ConfidenceMetric.MAX_PROB, .5f))),
        Set.of(),
        new ExitPolicy.Rebatch(),
        new FlushPolicy.Fixed(slots, 99));
  }

  private Sequence add(Scheduler scheduler, int newTokens, int priority) {
    SequenceListener listener =
        new SequenceListener() {
          @Override
          public void admitted() {}

          @Override
          public void firstToken() {}

          @Override
          public void finished(Sequence sequence) {
            finished.add(sequence);
          }
        };
    Sequence sequence = new Sequence(new int[1], newTokens, 0, listener);
    sequence.prioritize(priority);
    scheduler.add(sequence);
    return sequence;
  }

  private void runToTheEnd(Scheduler scheduler) {
    while (!scheduler.isIdle()) {
      step(scheduler);
    }
    scheduler.checkIntegrity();
  }

  private void step(Scheduler scheduler) {
    scheduler.now(now);
    assertThat(scheduler.plan()).isTrue();
    scheduler.took(CALL);
    now += CALL;
    scheduler.apply(readings);
  }
}
