package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.KvFill;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import io.drex.policy.Presets;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The door, over a device that computes hashes. */
@Timeout(60)
class DrexEngineTest {
  private static final EngineOptions NOOP =
      EngineOptions.defaults().withDevice("sim:noop").withMeasureMillis(0);

  @Test
  void completesEveryRequestOnce() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), NOOP);
        EngineSession session = engine.openSession("task")) {
      Map<Long, Completion> all = runAll(session, 500, NOOP.maxPrefillTokens());
      assertThat(all).hasSize(500);
      assertThat(session.inFlight()).isZero();
      assertThat(all.values()).allSatisfy(DrexEngineTest::isWellFormed);
      EngineSnapshot snapshot = engine.snapshot();
      assertThat(snapshot.submitted()).isEqualTo(500);
      assertThat(snapshot.completed()).isEqualTo(500);
      assertThat(snapshot.tokens())
          .isEqualTo(all.values().stream().mapToLong(c -> c.tokens().length).sum());
      assertThat(snapshot.flushes()).isPositive();
      assertThat(snapshot.kvBytesHeldPeak()).isPositive().isLessThan(snapshot.kvBytesPlainPeak());
      assertThat(snapshot.kvBytesUsedAtPeak()).isPositive().isLessThan(snapshot.kvBytesHeldPeak());
    }
  }

  @Test
  void resultsDoNotDependOnTheSchedule() throws InterruptedException {
    Map<Long, Completion> reference = runWith(NOOP.withSlots(1));
    for (EngineOptions options :
        new EngineOptions[] {
          NOOP,
          NOOP.withMeasureMillis(100),
          NOOP.withSlots(7).withMaxPrefillTokens(1),
          NOOP.withFlushRows(1).withKvFill(KvFill.COPY),
          NOOP.withSlots(16).withKvTokens(600).withMaxBufferAgeSteps(0),
          NOOP.withMailboxTokens(1)
        }) {
      Map<Long, Completion> other = runWith(options);
      reference.forEach(
          (id, expected) -> assertSameResult(Objects.requireNonNull(other.get(id)), expected));
    }
  }

  @Test
  void fullDepthRunsAllLayers() throws InterruptedException {
    for (Completion completion : runWith(NOOP.withPolicy("full_depth")).values()) {
      assertThat(completion.exits().exitsByRamp()).hasSize(1);
      for (short depth : completion.depths()) {
        assertThat(depth).isEqualTo((short) 8);
      }
    }
  }

  @Test
  void answersRequestsThatCanNeverRunAtOnce() throws InterruptedException {
    try (DrexEngine engine =
            DrexEngine.open(TinyModel.withTwoRamps(), NOOP.withMaxSequenceTokens(10));
        EngineSession session = engine.openSession("task")) {
      assertThat(session.submit(request(1, new int[0]), 0)).isTrue();
      assertThat(session.submit(request(2, new int[10]), 0)).isTrue();
      assertThat(Replies.errorOf(Replies.next(session)))
          .isEqualTo(new RowError(ErrorCode.EMPTY_PROMPT, "the prompt has no tokens"));
      assertThat(Replies.errorOf(Replies.next(session)))
          .isEqualTo(
              new RowError(
                  ErrorCode.PROMPT_TOO_LONG,
                  "the prompt has 10 tokens; with one new token the limit is 10"));
      assertThat(engine.snapshot().completed()).isEqualTo(2);
    }
  }

  @Test
  void refusesTokensOutsideTheVocabulary() throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), NOOP);
        EngineSession session = engine.openSession("task")) {
      assertThatThrownBy(() -> session.submit(request(1, new int[] {1, 100}), 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "the prompt's token at position 1 is not in the model's vocabulary of 100;"
                  + " is the tokenizer the model's own?");
      assertThat(session.inFlight()).isZero();
    }
  }

  @Test
  void stopsAtTheLongestSequence() throws InterruptedException {
    EngineOptions options = NOOP.withMaxSequenceTokens(30);
    try (DrexEngine engine = DrexEngine.open(TinyModel.withTwoRamps(), options);
        EngineSession session = engine.openSession("task")) {
      for (int i = 0; i < 200; i++) {
        int[] prompt = new int[28];
        Arrays.fill(prompt, 1 + i % 99);
        prompt[0] = i % 7;
        session.submit(request(i, prompt), 10_000);
      }
      int stoppedByLength = 0;
      for (int i = 0; i < 200; i++) {
        Completion completion = Replies.next(session);
        assertThat(completion.tokens().length).isBetween(1, 2);
        stoppedByLength += completion.finishReason() == FinishReason.LENGTH ? 1 : 0;
      }
      assertThat(stoppedByLength).isPositive();
    }
  }

  @Test
  void rampsThatAreOffAreNoRamps() throws InterruptedException { // E10
    LoadedModel off =
        TinyModel.withRamps(TinyModel.ramp(2, RampSpec.OFF), TinyModel.ramp(5, RampSpec.OFF));
    Map<Long, Completion> rebatch = runWith(off, NOOP);
    Map<Long, Completion> fullDepth = runWith(off, NOOP.withPolicy("full_depth"));
    assertThat(rebatch.keySet()).isEqualTo(fullDepth.keySet());
    rebatch.forEach(
        (id, actual) -> assertSameResult(actual, Objects.requireNonNull(fullDepth.get(id))));
  }

  @Test
  void thresholdsAtTheEndsOfTheRangeAreLegal() throws InterruptedException { // E9
    LoadedModel always = TinyModel.withRamps(TinyModel.ramp(3, 0));
    for (Completion completion : runWith(always, NOOP).values()) {
      assertThat(completion.exits().exitsByRamp())
          .containsExactly(completion.tokens().length - 1, 1);
    }
    LoadedModel never = TinyModel.withRamps(TinyModel.ramp(3, 1));
    for (Completion completion : runWith(never, NOOP).values()) {
      assertThat(completion.exits().exitsByRamp()[0]).isZero();
    }
  }

  @Test
  void tellsTheDepthsThatExitsAreCountedBy() {
    LoadedModel model =
        TinyModel.withRamps(
            TinyModel.ramp(2, .5f), TinyModel.ramp(4, RampSpec.OFF), TinyModel.ramp(5, .5f));
    try (DrexEngine engine = DrexEngine.open(model, NOOP)) {
      assertThat(engine.exitDepths()).containsExactly(2, 5, 8);
    }
  }

  @Test
  void namesTheOptionThatIsOutOfRange() {
    assertThatThrownBy(() -> NOOP.withSlots(0)).hasMessage("slots must be at least 1, not 0");
    assertThatThrownBy(() -> NOOP.withMaxSequenceTokens(1))
        .hasMessage("maxSequenceTokens must be at least 2, not 1");
    assertThatThrownBy(() -> DrexEngine.open(TinyModel.withTwoRamps(), NOOP.withPolicy("eager")))
        .hasMessage("unknown policy 'eager'; known: " + Presets.known());
  }

  @Test
  void refusesSizesThatTheModelOrTheCacheCannotHold() {
    LoadedModel model = TinyModel.withTwoRamps();
    assertThatThrownBy(() -> DrexEngine.open(model, NOOP.withMaxSequenceTokens(513)))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "maxSequenceTokens 513 is more than the model's own limit of 512;"
                + " lower it, or leave it out to take the model's");
    assertThatThrownBy(() -> DrexEngine.open(model, NOOP.withKvTokens(400)))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "a KV pool of 400 tokens cannot hold one sequence of 512;"
                + " raise kvTokens or lower maxSequenceTokens");
    assertThatThrownBy(() -> DrexEngine.open(model, NOOP.withSlots(1 << 19)))
        .isInstanceOf(EngineException.class)
        .hasMessageStartingWith("the KV cache of 524288 slots is too large: ")
        .hasMessageEndingWith("; lower slots, maxSequenceTokens or kvTokens");
  }

  @Test
  void refusesMoreRowsInAStepThanAnyDeviceRuns() {
    LoadedModel model = TinyModel.withTwoRamps();
    assertThatThrownBy(() -> DrexEngine.open(model, NOOP.withMaxPrefillTokens(Integer.MAX_VALUE)))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "64 slots and 2147483647 maxPrefillTokens make steps of 2147483711 rows, more than"
                + " 1048576; lower slots or maxPrefillTokens");
    EngineOptions manySlots = NOOP.withSlots(Integer.MAX_VALUE).withKvTokens(512);
    assertThatThrownBy(() -> DrexEngine.open(model, manySlots))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("make steps of 2147483903 rows");
  }

  @Test
  void refusesMoreActiveRampsThanACacheHasSegments() {
    RampSpec[] ramps = new RampSpec[64];
    for (int i = 0; i < ramps.length; i++) {
      ramps[i] = TinyModel.ramp(i + 1, .5f);
    }
    assertThatThrownBy(() -> DrexEngine.open(TinyModel.withRamps(ramps), NOOP))
        .isInstanceOf(EngineException.class)
        .hasMessage(
            "the model has 64 active ramps, more than the 63 that an engine serves;"
                + " set thresholds to \"off\" in ramps.json");
  }

  private static void assertSameResult(Completion actual, Completion expected) {
    assertThat(actual.tokens()).isEqualTo(expected.tokens());
    assertThat(actual.depths()).isEqualTo(expected.depths());
    assertThat(actual.confidences()).isEqualTo(expected.confidences());
    assertThat(actual.exits().exitsByRamp()).isEqualTo(expected.exits().exitsByRamp());
    assertThat(actual.finishReason()).isEqualTo(expected.finishReason());
  }

  private static Map<Long, Completion> runWith(EngineOptions options) throws InterruptedException {
    return runWith(TinyModel.withTwoRamps(), options);
  }

  private static Map<Long, Completion> runWith(LoadedModel model, EngineOptions options)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("task")) {
      return runAll(session, 200, 100);
    }
  }

  private static Map<Long, Completion> runAll(EngineSession session, int requests, int longest)
      throws InterruptedException {
    Random random = new Random(1);
    for (int id = 0; id < requests; id++) {
      int[] prompt = random.ints(1 + random.nextInt(longest), 1, 100).toArray();
      assertThat(session.submit(request(id, prompt), 30_000)).isTrue();
    }
    return Replies.all(session);
  }

  private static Request request(long id, int[] prompt) {
    return new Request(id, prompt, new SamplingParams(40));
  }

  private static void isWellFormed(Completion completion) {
    assertThat(completion.error()).isNull();
    assertThat(completion.tokens()).isNotEmpty();
    assertThat(completion.depths()).hasSameSizeAs(completion.tokens());
    assertThat(completion.depths()[0]).as("the first token's depth").isEqualTo((short) 8);
    assertThat(completion.confidences()).hasSameSizeAs(completion.tokens());
    assertThat(Arrays.stream(completion.exits().exitsByRamp()).sum())
        .isEqualTo(completion.tokens().length);
    assertThat(completion.exits().involuntaryExits()).isZero();
    assertThat(completion.exits().involuntaryStays()).isZero();
    boolean stopped = completion.tokens()[completion.tokens().length - 1] == 0;
    assertThat(completion.finishReason())
        .isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
    Timing timing = completion.timing();
    assertThat(timing.queueMicros()).isBetween(0L, timing.firstTokenMicros());
    assertThat(timing.firstTokenMicros()).isBetween(0L, timing.totalMicros());
  }
}
