package io.drex.engine;

import static io.drex.engine.RecordedRun.MODEL;
import static io.drex.engine.RecordedRun.OPTIONS;
import static io.drex.engine.RecordedRun.OTHER_WEIGHTS;
import static io.drex.engine.RecordedRun.ROWS;
import static io.drex.engine.RecordedRun.requests;
import static io.drex.engine.RecordedRun.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.Sampling;
import io.drex.device.TinyModel;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an engine records, replayed on other weights and devices. */
@Timeout(120)
class TraceReplayTest {
  private static RecordedRun recorded =
      new RecordedRun(Map.of(), new Trace(2, List.of(new TracedSequence(0, 1, new float[0]))));

  @BeforeAll
  static void record() throws InterruptedException {
    recorded = RecordedRun.of(requests());
    assertThat(recorded.completions().values())
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
    recorded.assertReplayed(options);
  }

  @Test
  void fullDepthTakesTheLengths() throws InterruptedException {
    EngineOptions options = OPTIONS.withPolicy("full_depth").withSlots(7);
    run(OTHER_WEIGHTS, options, recorded.trace(), requests())
        .forEach(
            (id, completion) -> {
              Completion before = Objects.requireNonNull(recorded.completions().get(id));
              assertThat(completion.tokens()).as("row %d", id).hasSameSizeAs(before.tokens());
            });
  }

  @Test
  void aRunWithoutExitsRecordsEveryRamp() throws InterruptedException {
    List<Request> off = requests(new SamplingParams(20).withExitThreshold(RampSpec.OFF));
    for (Completion completion : run(MODEL, OPTIONS, null, off).values()) {
      float[] confidences = completion.trace().confidences();
      assertThat(confidences)
          .hasSize(2 * (completion.tokens().length - 1))
          .doesNotContain(Float.NaN);
    }
    for (Completion completion : recorded.completions().values()) {
      float[] confidences = completion.trace().confidences();
      for (int token = 1; token < completion.tokens().length; token++) {
        boolean leftAtFirst = completion.depths()[token] == MODEL.spec().ramps().get(0).depth();
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
    RecordedRun first = RecordedRun.of(samples);
    assertThat(first.completions().values().stream().map(c -> c.trace().sequenceKey()))
        .doesNotHaveDuplicates();
    run(OTHER_WEIGHTS, OPTIONS.withSlots(5), first.trace(), samples)
        .forEach(
            (id, completion) ->
                assertThat(completion.depths())
                    .isEqualTo(Objects.requireNonNull(first.completions().get(id)).depths()));
  }

  @Test
  void refusesAModelOfOtherRamps() {
    LoadedModel oneRamp =
        MODEL.withSpec(MODEL.spec().withRamps(MODEL.spec().ramps().subList(0, 1)));
    assertThatThrownBy(() -> DrexEngine.open(oneRamp, OPTIONS, recorded.trace()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining(
            "the trace has readings of 2 ramps, but the model is cut at 1;"
                + " replay it with ramps like those it was recorded with");
  }

  @Test
  void theTraceIsPartOfTheImplementationAndMakesItSynthetic() {
    Trace trace = recorded.trace();
    assertThat(Backends.replaying(Backends.select("cpu:scalar"), trace).implementation())
        .isEqualTo(
            Backends.select("cpu:scalar").implementation()
                + "+trace:"
                + trace.hash().substring(0, 16));
    assertThat(Backends.replaying(Backends.select("cpu:scalar"), trace).isSynthetic()).isTrue();
    assertThat(Backends.select("cpu:scalar").isSynthetic()).isFalse();
    assertThat(Backends.select("sim:noop").isSynthetic()).isTrue();
  }
}
