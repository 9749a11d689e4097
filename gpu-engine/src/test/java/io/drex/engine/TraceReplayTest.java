package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Sampling;
import io.drex.device.TinyModel;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine records, replayed on other weights and devices. */
@Timeout(120)
class TraceReplayTest {
  private static final LoadedModel RECORDED = stoppable(TinyModel.random(1, DType.F32));
  private static final LoadedModel OTHER_WEIGHTS = stoppable(TinyModel.random(2, DType.F32));
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withDevice("cpu:scalar")
          .withMaxSequenceTokens(100)
          .withMeasureMillis(0);
  private static final int ROWS = 24;
  private static Map<Long, Completion> recorded = Map.of();
  private static Trace trace = new Trace(2, List.of(new TracedSequence(0, 1, new float[0])));

  @BeforeAll
  static void record() throws InterruptedException {
    recorded = run(RECORDED, OPTIONS.withSlots(7), null, requests());
    trace = trace(recorded);
    assertThat(recorded.values())
        .anyMatch(completion -> completion.exits().exitsByRamp()[0] > 0)
        .anyMatch(completion -> completion.exits().exitsByRamp()[1] > 0)
        .anyMatch(completion -> completion.exits().exitsByRamp()[2] > 1)
        .anyMatch(completion -> completion.finishReason() == FinishReason.STOP)
        .anyMatch(completion -> completion.finishReason() == FinishReason.LENGTH);
  }

  @ParameterizedTest
  @CsvSource({
    "cpu:scalar, 1, 0",
    "cpu:scalar, 9, 260", // rows are pre-empted
    "cpu, 24, 0",
    "sim:noop, 7, 0",
    "sim:h200/llama-2-7b, 16, 0"
  })
  void rowsLeaveAndEndWhereTheyDid(String device, int slots, int kvTokens)
      throws InterruptedException {
    EngineOptions options =
        OPTIONS
            .withDevice(device)
            .withSlots(slots)
            .withKvTokens(kvTokens)
            .withExpectedNewTokens(1)
            .withMaxPrefillTokens(5);
    Map<Long, Completion> replayed = run(OTHER_WEIGHTS, options, trace, requests());
    replayed.forEach(
        (id, completion) -> {
          Completion before = Objects.requireNonNull(recorded.get(id));
          assertThat(completion.depths()).as("row %d", id).isEqualTo(before.depths());
          assertThat(completion.trace().sequenceKey()).isEqualTo(before.trace().sequenceKey());
          assertThat(completion.trace().confidences())
              .as("row %d", id)
              .isEqualTo(before.trace().confidences());
        });
    assertThat(replayed).hasSize(ROWS);
  }

  @Test
  void fullDepthTakesTheLengths() throws InterruptedException {
    EngineOptions options = OPTIONS.withPolicy("full_depth").withSlots(7);
    run(OTHER_WEIGHTS, options, trace, requests())
        .forEach(
            (id, completion) -> {
              Completion before = Objects.requireNonNull(recorded.get(id));
              assertThat(completion.tokens()).as("row %d", id).hasSameSizeAs(before.tokens());
            });
  }

  @Test
  void aRunWithoutExitsRecordsEveryRamp() throws InterruptedException {
    List<Request> off = requests(new SamplingParams(20).withExitThreshold(RampSpec.OFF));
    for (Completion completion : run(RECORDED, OPTIONS, null, off).values()) {
      float[] confidences = completion.trace().confidences();
      assertThat(confidences)
          .hasSize(2 * (completion.tokens().length - 1))
          .doesNotContain(Float.NaN);
    }
    for (Completion completion : recorded.values()) {
      float[] confidences = completion.trace().confidences();
      for (int token = 1; token < completion.tokens().length; token++) {
        boolean leftAtFirst = completion.depths()[token] == RECORDED.spec().ramps().get(0).depth();
        assertThat(Float.isNaN(confidences[2 * token - 2])).isFalse();
        assertThat(Float.isNaN(confidences[2 * token - 1])).isEqualTo(leftAtFirst);
      }
    }
  }

  @Test
  void equalPromptsWithOtherSeedsHaveRecordsOfTheirOwn() throws InterruptedException {
    List<Request> samples = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      SamplingParams sampled =
          new SamplingParams(20).withSampling(new Sampling(1, 0, 1, 0, 1), id + 1);
      samples.add(new Request(id, TinyModel.prompt(3, 12), sampled));
    }
    Map<Long, Completion> first = run(RECORDED, OPTIONS.withSlots(7), null, samples);
    assertThat(first.values().stream().map(c -> c.trace().sequenceKey())).doesNotHaveDuplicates();
    run(OTHER_WEIGHTS, OPTIONS.withSlots(5), trace(first), samples)
        .forEach(
            (id, completion) ->
                assertThat(completion.depths())
                    .isEqualTo(Objects.requireNonNull(first.get(id)).depths()));
  }

  @Test
  void refusesAModelOfOtherRamps() {
    LoadedModel oneRamp =
        RECORDED.withSpec(RECORDED.spec().withRamps(RECORDED.spec().ramps().subList(0, 1)));
    assertThatThrownBy(() -> DrexEngine.open(oneRamp, OPTIONS, trace))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(
            "the trace has readings of 2 ramps, but the model is cut at 1;"
                + " replay it with ramps like those it was recorded with");
  }

  @Test
  void theTraceIsPartOfTheImplementationAndMakesItSynthetic() {
    assertThat(Backends.replaying(Backends.select("cpu:scalar"), trace).implementation())
        .isEqualTo(
            Backends.select("cpu:scalar").implementation()
                + "+trace:"
                + trace.hash().substring(0, 16));
    assertThat(Backends.replaying(Backends.select("cpu:scalar"), trace).isSynthetic()).isTrue();
    assertThat(Backends.select("cpu:scalar").isSynthetic()).isFalse();
    assertThat(Backends.select("sim:noop").isSynthetic()).isTrue();
  }

  private static Map<Long, Completion> run(
      LoadedModel model, EngineOptions options, @Nullable Trace replayed, List<Request> requests)
      throws InterruptedException {
    try (DrexEngine engine =
            replayed == null
                ? DrexEngine.open(model, options)
                : DrexEngine.open(model, options, replayed);
        EngineSession session = engine.openSession("task")) {
      for (Request request : requests) {
        assertThat(session.submit(request, 30_000)).isTrue();
      }
      return Replies.all(session);
    }
  }

  private static List<Request> requests() {
    return requests(new SamplingParams(20));
  }

  /** Prompts that begin alike, so that blocks are shared. */
  private static List<Request> requests(SamplingParams sampling) {
    List<Request> requests = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      int[] prompt = TinyModel.prompt(99, 34 + id % 5);
      prompt[33] = id;
      requests.add(new Request(id, prompt, sampling));
    }
    return requests;
  }

  private static Trace trace(Map<Long, Completion> completions) {
    return new Trace(
        2,
        completions.values().stream()
            .map(
                c ->
                    new TracedSequence(
                        c.trace().sequenceKey(), c.tokens().length, c.trace().confidences()))
            .toList());
  }

  /** With some tokens that end a sequence. */
  private static LoadedModel stoppable(LoadedModel model) {
    return new LoadedModel(
        model.spec(), Set.of(1, 2, 3, 4, 5, 6), model.contentHash(), model.tensors());
  }
}
