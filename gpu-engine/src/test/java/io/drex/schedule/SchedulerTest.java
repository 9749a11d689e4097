package io.drex.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.CacheGeometry;
import io.drex.device.HeadReadings;
import io.drex.device.KvFill;
import io.drex.device.PrefixSharing;
import io.drex.model.ConfidenceMetric;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.FlushPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Steps told one by one; the laws over random workloads are {@link SchedulerWorkloadsTest}. */
class SchedulerTest {
  private static final int STOP = 0;
  private static final int TOKEN = 5;
  private static final float SURE = .9f;
  private static final float UNSURE = .1f;

  private final List<Sequence> finished = new ArrayList<>();
  private final HeadReadings readings = new HeadReadings(200);

  @Test
  void promptsOfSeveralSequencesShareAChunkAndTheFirstTokensComeFromTheFullDepth() {
    Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(2, 9));
    Sequence first = add(scheduler, 3, 5);
    Sequence second = add(scheduler, 2, 5);
    assertThat(scheduler.plan()).isTrue();
    assertRows(scheduler, 0, 5, 0);
    assertThat(scheduler.rows().prompt).startsWith(true, true, true, true, true);
    assertThat(scheduler.rows().position).startsWith(0, 1, 2, 0, 1);
    assertThat(scheduler.rows().slot).as("scratch slots").startsWith(4, 5, 6, 7, 8);
    scheduler.apply(readings);
    assertThat(scheduler.plan()).isTrue();
    assertRows(scheduler, 1, 5, 2);
    assertThat(scheduler.rows().headRow).startsWith(2, 4);
    read(scheduler, TOKEN, SURE);
    assertThat(first.depths()).containsExactly((short) 8);
    assertThat(second.depths()).containsExactly((short) 8);
  }

  @Test
  void aLongPromptPassesInChunksWhileDecodeRowsRideAlong() {
    Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(4, 99));
    add(scheduler, 1, 50);
    step(scheduler, TOKEN, SURE); // segment 0 of the first prompt
    step(scheduler, TOKEN, SURE); // and segment 1: its first token
    add(scheduler, 12, 5);
    scheduler.plan();
    assertRows(scheduler, 0, 8 + 1, 1);
    assertThat(scheduler.rows().prompt[7]).isTrue();
    assertThat(scheduler.rows().prompt[8]).isFalse();
    read(scheduler, TOKEN, UNSURE); // the decode row is buffered …
    scheduler.plan();
    assertRows(scheduler, 1, 8 + 1, 1); // … and rides with the chunk's deeper half
    read(scheduler, TOKEN, UNSURE);
    scheduler.plan();
    assertRows(scheduler, 0, 4 + 1, 1);
    assertThat(scheduler.rows().position).startsWith(8, 9, 10, 11);
    assertThat(scheduler.counters().flushes()).isEqualTo(1);
  }

  @Test
  void aLongPromptIsNotPassedByLaterOnes() {
    Scheduler scheduler = scheduler(limits(1, 4, 8), new FlushPolicy.Fixed(4, 99));
    add(scheduler, 12, 5);
    add(scheduler, 8, 5);
    step(scheduler, TOKEN, SURE);
    scheduler.plan();
    assertRows(scheduler, 0, 8, 1);
    assertThat(scheduler.rows().position).startsWith(8, 9, 10, 11, 0, 1, 2, 3);
  }

  @Test
  void aConfidentRowLeavesAndItsDeeperEntriesBecomeAliases() {
    Scheduler scheduler = decoding(KvFill.MAP);
    scheduler.plan();
    assertRows(scheduler, 0, 1, 1);
    read(scheduler, TOKEN, SURE);
    assertThat(scheduler.exited().rows).isEqualTo(1);
    int[][] table = scheduler.rows().kvTable[0];
    assertThat(table[1][2]).isEqualTo(CacheGeometry.alias(0, table[0][2]));
    scheduler.plan();
    assertRows(scheduler, 0, 1, 1);
  }

  @Test
  void underCopyAConfidentRowGetsCellsOfItsOwn() {
    Scheduler scheduler = decoding(KvFill.COPY);
    step(scheduler, TOKEN, SURE);
    assertThat(scheduler.rows().kvTable[0][1][2]).isNotNegative();
  }

  @Test
  void aSequenceThatEndsAtARampNeedsNoKv() {
    Scheduler scheduler = decoding(KvFill.MAP);
    step(scheduler, STOP, SURE);
    assertThat(scheduler.exited().rows).isZero();
    assertThat(finished).hasSize(1);
    assertThat(finished.get(0).outcome()).isEqualTo(Outcome.STOP);
    assertThat(finished.get(0).tokens()).containsExactly(TOKEN, STOP);
    assertThat(finished.get(0).depths()).containsExactly((short) 8, (short) 3);
    assertThat(finished.get(0).exitsBySegment()).containsExactly(1, 1);
    assertThat(scheduler.isIdle()).isTrue();
    scheduler.checkIntegrity();
  }

  @Test
  void logitsThatAreNotFiniteEndTheSequence() {
    for (float confidence : new float[] {SURE, UNSURE, Float.NaN}) {
      finished.clear();
      Scheduler scheduler = decoding(KvFill.MAP);
      step(scheduler, HeadReadings.NOT_FINITE, confidence);
      assertThat(finished).hasSize(1);
      assertThat(finished.get(0).outcome()).isEqualTo(Outcome.NUMERIC_FAULT);
      scheduler.checkIntegrity();
    }
  }

  @Test
  void theLongestGoFirstAndWhatDoesNotFitIsNotPassed() {
    Limits limits = new Limits(new CacheGeometry(2, 1, 20), KvFill.MAP, 4, 64, 20);
    Scheduler scheduler = scheduler(limits, new FlushPolicy.Fixed(1, 9));
    Sequence middle = add(scheduler, 9, 4);
    Sequence small = add(scheduler, 1, 4);
    Sequence large = add(scheduler, 12, 4);
    step(scheduler, TOKEN, SURE);
    assertThat(large.isAdmitted()).isTrue();
    assertThat(middle.isAdmitted()).as("does not fit beside the first").isFalse();
    assertThat(small.isAdmitted()).as("waits its turn").isFalse();
    while (scheduler.plan()) {
      read(scheduler, TOKEN, UNSURE);
    }
    assertThat(finished).containsExactly(large, middle, small);
  }

  @Test
  void aShortOneIsNotPassedForEver() {
    Scheduler scheduler = scheduler(limits(1, 1, 8), new FlushPolicy.Fixed(1, 9));
    Sequence small = add(scheduler, 1, 1);
    for (int step = 0; step < 20; step++) {
      add(scheduler, 2, 1);
      step(scheduler, TOKEN, SURE);
    }
    assertThat(finished.indexOf(small)).isEqualTo(3);
  }

  @Test
  void theYoungestGivesWayAndLaterRunsAgainWhatItHad() { // E6
    CacheGeometry twelveCells = new CacheGeometry(2, 1, 12);
    Limits limits = new Limits(twelveCells, KvFill.MAP, 2, 8, 12, new KvUse(1, PrefixSharing.OFF));
    Scheduler scheduler = scheduler(limits, new FlushPolicy.Fixed(1, 9));
    Sequence oldest = add(scheduler, 3, 7);
    Sequence youngest = add(scheduler, 3, 7);
    for (int step = 0; step < 2 + 3; step++) {
      step(scheduler, TOKEN, SURE); // both prompts, then three tokens each: all cells are taken
    }
    scheduler.plan();
    assertRows(scheduler, 0, 1, 1);
    assertThat(youngest.isAdmitted()).isFalse();
    assertThat(scheduler.counters().preemptions()).isEqualTo(1);
    read(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    assertThat(finished).containsExactly(oldest);
    scheduler.plan(); // of 4 tokens, 3 had run; the newest is to be decoded
    assertRows(scheduler, 0, 3 + 3, 0);
    assertThat(scheduler.rows().prompt).startsWith(true, true, true, false, false, false);
    assertThat(scheduler.rows().token).startsWith(0, 0, 0, TOKEN, TOKEN, TOKEN);
    scheduler.apply(readings);
    assertThat(scheduler.exited().rows).as("they leave where they left").isEqualTo(3);
    scheduler.plan();
    assertRows(scheduler, 1, 3, 0);
    scheduler.apply(readings);
    scheduler.plan();
    assertRows(scheduler, 0, 1, 1);
    assertThat(scheduler.rows().position[0]).isEqualTo(6);
    assertThat(scheduler.counters().replayedRows()).isEqualTo(6);
    assertThat(scheduler.counters().promptRows()).isEqualTo(6);
  }

  @Test
  void exitsRaiseTheNumberOfSequencesThatOneMemoryHolds() {
    CacheGeometry plain = new CacheGeometry(2, 1, 100);
    CacheGeometry lessBehindTheRamp = new CacheGeometry(2, 1, 180, 52);
    assertThat(lessBehindTheRamp.tokenLayers(3, 8)).isEqualTo(plain.tokenLayers(3, 8));
    assertThat(mostAlive(plain, SURE)).isEqualTo(100 / 19);
    assertThat(mostAlive(lessBehindTheRamp, SURE)).isEqualTo(180 / 19);
    assertThat(mostAlive(lessBehindTheRamp, UNSURE)).as("without exits").isEqualTo(52 / 19);
  }

  /** Of sequences of 2 prompt tokens and 18 new ones, which take 19 cells at the full depth. */
  private int mostAlive(CacheGeometry cache, float confidence) {
    finished.clear();
    Limits limits = new Limits(cache, KvFill.MAP, 30, 60, 20);
    Scheduler scheduler = scheduler(limits, new FlushPolicy.Fixed(1, 9));
    List<Sequence> all = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      all.add(add(scheduler, 2, 18));
    }
    int most = 0;
    while (scheduler.plan()) {
      most = Math.max(most, (int) all.stream().filter(Sequence::isAdmitted).count());
      read(scheduler, TOKEN, confidence);
    }
    assertThat(finished).hasSize(150);
    assertThat(scheduler.counters().preemptions()).isZero();
    return most;
  }

  @Test
  void everyPatternOfExitsComesToItsEnd() { // E7
    for (float[] pattern :
        new float[][] {{SURE}, {UNSURE}, {SURE, UNSURE}, {SURE, SURE, UNSURE, UNSURE}}) {
      finished.clear();
      Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(2, 9));
      for (int i = 0; i < 20; i++) {
        add(scheduler, 3, 10);
      }
      for (int step = 0; scheduler.plan(); step++) {
        assertThat(step).as("steps").isLessThan(2_000);
        read(scheduler, TOKEN, pattern[step % pattern.length]);
      }
      assertThat(finished).hasSize(20).allMatch(s -> s.tokens().length == 10);
      scheduler.checkIntegrity();
    }
  }

  @Test
  void aStragglerIsFlushedAtTheAgeBound() { // E8
    int maxAge = 6;
    Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(4, maxAge));
    for (int i = 0; i < 4; i++) {
      add(scheduler, 1, 1000);
    }
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    scheduler.plan();
    assertRows(scheduler, 0, 4, 4);
    fill(scheduler, TOKEN, SURE);
    readings.confidence[0] = UNSURE; // the straggler; the others leave for ever
    scheduler.apply(readings);
    for (int step = 0; step < maxAge; step++) {
      scheduler.plan();
      assertRows(scheduler, 0, 3, 3);
      read(scheduler, TOKEN, SURE);
    }
    scheduler.plan();
    assertRows(scheduler, 1, 1, 1);
  }

  @Test
  void aCancelledSequenceGivesEverythingBackWhereverItIs() { // E13
    for (int when = 0; when < 5; when++) {
      finished.clear();
      Scheduler scheduler = scheduler(limits(2, 1, 2), new FlushPolicy.Fixed(1, 9));
      Sequence gone = add(scheduler, 3, 9);
      Sequence waits = add(scheduler, 1, 9);
      for (int step = 0; step < when; step++) {
        step(scheduler, TOKEN, UNSURE);
      }
      scheduler.cancel(gone);
      scheduler.cancel(gone);
      scheduler.cancel(waits);
      assertThat(finished).containsExactly(gone, waits);
      assertThat(finished).allMatch(s -> s.outcome() == Outcome.CANCELLED);
      assertThat(scheduler.isIdle()).isTrue();
      assertThat(scheduler.plan()).isFalse();
      scheduler.checkIntegrity();
    }
  }

  @Test
  void theSequencesOfAFailedCallRestartOnceAndThenFail() { // E1
    Scheduler scheduler = decoding(KvFill.MAP);
    scheduler.plan();
    scheduler.restartCall();
    scheduler.checkIntegrity();
    scheduler.plan();
    assertRows(scheduler, 0, 2, 0); // its prompt again
    scheduler.restartCall();
    assertThat(finished).hasSize(1);
    assertThat(finished.get(0).outcome()).isEqualTo(Outcome.DEVICE_FAULT);
    assertThat(scheduler.isIdle()).isTrue();
    scheduler.checkIntegrity();
  }

  @Test
  void countsStepsWhoseRowsAreOfSeveralGroups() {
    Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(2, 9));
    scheduler.add(new Sequence(new int[2], 1, 1, Deaf.LISTENER));
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    assertThat(scheduler.counters().mixedSteps()).isZero();
    scheduler.add(new Sequence(new int[2], 1, 1, Deaf.LISTENER));
    scheduler.add(new Sequence(new int[2], 1, 2, Deaf.LISTENER));
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    assertThat(scheduler.counters().mixedSteps()).isEqualTo(2);
    assertThat(scheduler.counters().promptRows()).isEqualTo(6);
  }

  @Test
  void deepSegmentsHoldNothingForTokensThatLeft() {
    Limits limits = new Limits(new CacheGeometry(2, 1, 64), KvFill.MAP, 1, 8, 64);
    Scheduler scheduler = scheduler(limits, new FlushPolicy.Fixed(1, 9));
    add(scheduler, 2, 11);
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    for (int token = 0; token < 10; token++) {
      step(scheduler, TOKEN, SURE);
    }
    assertThat(finished).hasSize(1);
    assertThat(scheduler.peakHeldTokenLayers()).isEqualTo(2 * 8 + 10 * 3);
    assertThat(scheduler.plainTokenLayersAtPeak()).isEqualTo(12 * 8);
  }

  @Test
  void refusesToBeUsedOutOfTurn() {
    Scheduler scheduler = scheduler(limits(2, 4, 8), new FlushPolicy.Fixed(2, 9));
    assertThatThrownBy(() -> scheduler.apply(readings)).hasMessage("no call is planned");
    Sequence sequence = add(scheduler, 1, 1);
    scheduler.plan();
    assertThatThrownBy(() -> scheduler.cancel(sequence))
        .hasMessage("a planned call was neither applied nor restarted");
  }

  @Test
  void theIntegrityCheckNamesTheBrokenInvariant() {
    Scheduler scheduler = decoding(KvFill.MAP);
    scheduler.rows().kvTable[0][1][1]++;
    assertThatThrownBy(scheduler::checkIntegrity)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the scheduler's invariant 5 is broken: cell at position 1");
  }

  /** A scheduler whose only sequence, of two prompt tokens, has its first token. */
  private Scheduler decoding(KvFill kvFill) {
    Limits limits = new Limits(new CacheGeometry(2, 4, 64), kvFill, 4, 8, 64);
    Scheduler scheduler = scheduler(limits, new FlushPolicy.Fixed(2, 9));
    add(scheduler, 2, 9);
    step(scheduler, TOKEN, SURE);
    step(scheduler, TOKEN, SURE);
    return scheduler;
  }

  private Sequence add(Scheduler scheduler, int promptTokens, int maxNewTokens) {
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
    Sequence sequence = new Sequence(new int[promptTokens], maxNewTokens, 0, listener);
    scheduler.add(sequence);
    return sequence;
  }

  private void step(Scheduler scheduler, int token, float confidence) {
    assertThat(scheduler.plan()).isTrue();
    read(scheduler, token, confidence);
  }

  /** Applies the planned call, all of whose heads read the same. */
  private void read(Scheduler scheduler, int token, float confidence) {
    fill(scheduler, token, confidence);
    scheduler.apply(readings);
  }

  private void fill(Scheduler scheduler, int token, float confidence) {
    for (int head = 0; head < scheduler.rows().heads; head++) {
      readings.token[head] = token;
      readings.confidence[head] = confidence;
    }
  }

  private static void assertRows(Scheduler scheduler, int segment, int rows, int heads) {
    assertThat(scheduler.segment()).as("segment").isEqualTo(segment);
    assertThat(scheduler.rows().rows).as("rows").isEqualTo(rows);
    assertThat(scheduler.rows().heads).as("heads").isEqualTo(heads);
  }

  private static Limits limits(int segments, int slots, int maxPrefillTokens) {
    CacheGeometry cache = new CacheGeometry(segments, 4, 1024);
    return new Limits(cache, KvFill.MAP, slots, maxPrefillTokens, 1024);
  }

  /** Eight layers with one ramp after three of them, or with none. */
  private static Scheduler scheduler(Limits limits, FlushPolicy flush) {
    RampSpec ramp = new RampSpec(3, ConfidenceMetric.MAX_PROB, .5f);
    List<RampSpec> ramps = limits.cache().segments() == 1 ? List.of() : List.of(ramp);
    return new Scheduler(
        limits, Workload.spec(8, 100, ramps), Set.of(STOP), new ExitPolicy.Rebatch(), flush);
  }
}
