package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceException;
import io.drex.device.KvFill;
import io.drex.device.TinyModel;
import io.drex.device.cpu.CpuBackend;
import io.drex.device.cpu.CpuProvider;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What holds under every KV method, by a small random model on the CPU whose rows leave at every
 * ramp: the oracle is one sequence at a time.
 */
@Timeout(240)
class KvFillEngineTest {
  private static final LoadedModel MODEL = TinyModel.random(1, DType.F32);
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cpu").withMaxSequenceTokens(100).withMeasureMillis(0);
  private static final int ROWS = 40;
  private static final Map<KvFill, Map<Long, Completion>> ALONE = new EnumMap<>(KvFill.class);

  @BeforeAll
  static void completeOneAtATime() throws InterruptedException {
    for (KvFill kvFill : KvFill.values()) {
      ALONE.put(kvFill, run(MODEL, OPTIONS.withKvFill(kvFill).withSlots(1)));
    }
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void aRowsBytesDoNotDependOnTheSchedule(KvFill kvFill) throws InterruptedException { // E11
    EngineOptions options = OPTIONS.withKvFill(kvFill);
    assertThat(alone(kvFill).values())
        .as("tokens leave at both ramps")
        .anyMatch(completion -> completion.exits().exitsByRamp()[0] > 0)
        .anyMatch(completion -> completion.exits().exitsByRamp()[1] > 0);
    for (EngineOptions other :
        List.of(
            options.withSlots(7).withMaxPrefillTokens(16).withFlushRows(3),
            options.withSlots(64).withMaxPrefillTokens(61).withThreads(2),
            options.withSlots(5).withMaxPrefillTokens(1).withMaxBufferAgeSteps(1),
            options.withDevice("cpu:scalar").withSlots(9).withKvTokens(300))) {
      assertSame(alone(kvFill), run(MODEL, other));
    }
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void rampsThatAreOffGiveTheBytesOfFullDepth(KvFill kvFill) throws InterruptedException { // E10
    List<RampSpec> off =
        MODEL.spec().ramps().stream()
            .map(ramp -> new RampSpec(ramp.depth(), ramp.metric(), RampSpec.OFF))
            .toList();
    EngineOptions options = OPTIONS.withKvFill(kvFill).withSlots(7);
    assertSame(
        run(MODEL, options.withPolicy("full_depth")),
        run(MODEL.withSpec(MODEL.spec().withRamps(off)), options));
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void aFailedCallRestartsItsRowsAndChangesNoByte(KvFill kvFill) throws InterruptedException { // E1
    Random random = new Random(3);
    InterceptedBackend.Interceptor failing =
        new InterceptedBackend.Interceptor() {
          @Override
          public void before(InterceptedBackend.Verb verb, int ordinal) {}

          @Override
          public void after(InterceptedBackend.Verb verb, int ordinal) {
            if (random.nextInt(25) == 0) {
              throw new DeviceException("failed half-way");
            }
          }
        };
    Map<Long, Completion> all = new TreeMap<>();
    DrexEngine engine =
        DrexEngine.open(MODEL, OPTIONS.withKvFill(kvFill).withSlots(7), around(failing));
    try (engine;
        EngineSession session = engine.openSession("task")) {
      submit(session);
      all.putAll(Replies.all(session));
    }
    assertThat(engine.lost()).isNull();
    int failed = 0;
    for (Completion completion : all.values()) {
      if (completion.finishReason() == FinishReason.ERROR) {
        assertThat(Replies.errorOf(completion).code()).isEqualTo(ErrorCode.DEVICE_FAULT);
        failed++;
      } else {
        assertSame(expected(kvFill, completion), completion);
      }
    }
    assertThat(failed).isBetween(1, ROWS - 1);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void rowsThatAreCancelledLeaveNothingBehind(KvFill kvFill) throws InterruptedException { // E13
    Random random = new Random(5);
    DrexEngine engine = DrexEngine.open(MODEL, OPTIONS.withKvFill(kvFill).withSlots(7));
    int cancelled = 0;
    try (engine) {
      for (int round = 0; round < 10; round++) {
        try (EngineSession stays = engine.openSession("stays");
            EngineSession goes = engine.openSession("goes")) {
          for (Request request : requests()) {
            assertThat((random.nextInt(10) == 0 ? goes : stays).submit(request, 30_000)).isTrue();
          }
          Completion first = Replies.next(stays);
          goes.close();
          for (Completion completion : Replies.all(goes).values()) {
            cancelled += completion.finishReason() == FinishReason.ERROR ? 1 : 0;
          }
          assertSame(expected(kvFill, first), first);
          for (Completion completion : Replies.all(stays).values()) {
            assertSame(expected(kvFill, completion), completion);
          }
        }
      }
    }
    assertThat(engine.lost()).as("the integrity check at close").isNull();
    assertThat(cancelled).as("rows cancelled").isPositive();
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void aRowWhoseLogitsAreNotFiniteFailsAlone(KvFill kvFill) throws InterruptedException { // E15
    int bad = 5;
    LoadedModel sound = TinyModel.untied(10, DType.F32);
    LoadedModel broken = TinyModel.withEmbedding(sound, bad, Float.POSITIVE_INFINITY);
    EngineOptions options = OPTIONS.withKvFill(kvFill).withSlots(7);
    Map<Long, Completion> expected = run(sound, options);
    int faults = 0;
    for (Completion actual : run(broken, options).values()) {
      int[] prompt = prompt(actual.id());
      Completion same = Objects.requireNonNull(expected.get(actual.id()));
      int[] run = Arrays.copyOf(same.tokens(), same.tokens().length - 1); // the last is not run
      if (contains(prompt, bad) || contains(run, bad)) {
        assertThat(Replies.errorOf(actual).code()).isEqualTo(ErrorCode.NUMERIC_FAULT);
        faults++;
      } else {
        assertSame(same, actual);
      }
    }
    assertThat(faults).isBetween(1, ROWS - 1);
  }

  private static InterceptedBackend around(InterceptedBackend.Interceptor interceptor) {
    return new InterceptedBackend(new CpuBackend(CpuProvider.VECTOR), interceptor);
  }

  private static Map<Long, Completion> run(LoadedModel model, EngineOptions options)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("task")) {
      submit(session);
      return Replies.all(session);
    }
  }

  private static void submit(EngineSession session) throws InterruptedException {
    for (Request request : requests()) {
      assertThat(session.submit(request, 30_000)).isTrue();
    }
  }

  private static List<Request> requests() {
    List<Request> requests = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      requests.add(new Request(id, prompt(id), new SamplingParams(1 + id % 30)));
    }
    return requests;
  }

  private static int[] prompt(long id) {
    return TinyModel.prompt(id, 1 + (int) (id * 7 % 40));
  }

  private static boolean contains(int[] tokens, int token) {
    return Arrays.stream(tokens).anyMatch(t -> t == token);
  }

  private static Map<Long, Completion> alone(KvFill kvFill) {
    return Objects.requireNonNull(ALONE.get(kvFill));
  }

  private static Completion expected(KvFill kvFill, Completion like) {
    return Objects.requireNonNull(alone(kvFill).get(like.id()));
  }

  private static void assertSame(Map<Long, Completion> expected, Map<Long, Completion> actual) {
    assertThat(actual).hasSameSizeAs(expected);
    expected.forEach((id, one) -> assertSame(one, Objects.requireNonNull(actual.get(id))));
  }

  private static void assertSame(Completion expected, Completion actual) {
    assertThat(actual.finishReason()).as("row %d", actual.id()).isEqualTo(expected.finishReason());
    assertThat(actual.tokens()).as("tokens of %d", actual.id()).isEqualTo(expected.tokens());
    assertThat(actual.depths()).as("depths of %d", actual.id()).isEqualTo(expected.depths());
    assertThat(actual.confidences())
        .as("confidences of %d", actual.id())
        .isEqualTo(expected.confidences());
  }
}
