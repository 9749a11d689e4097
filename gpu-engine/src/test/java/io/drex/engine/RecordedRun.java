package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.TinyModel;
import io.drex.device.sim.Trace;
import io.drex.device.sim.TracedSequence;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an engine records of some requests, to be replayed on a model of the same shape with other
 * weights.
 *
 * @param completions by row
 */
record RecordedRun(Map<Long, Completion> completions, Trace trace) {
  static final int ROWS = 24;
  static final LoadedModel MODEL = stoppable(TinyModel.random(1, DType.F32));
  static final LoadedModel OTHER_WEIGHTS = stoppable(TinyModel.random(2, DType.F32));
  static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withDevice("cpu:scalar")
          .withMaxSequenceTokens(100)
          .withMeasureMillis(0);

  /** Records the requests, on the scalar kernels. */
  static RecordedRun of(List<Request> requests) throws InterruptedException {
    return of(run(MODEL, OPTIONS.withSlots(7), null, requests));
  }

  private static RecordedRun of(Map<Long, Completion> completions) {
    List<TracedSequence> sequences =
        completions.values().stream()
            .map(
                c ->
                    new TracedSequence(
                        c.trace().sequenceKey(), c.tokens().length, c.trace().confidences()))
            .toList();
    return new RecordedRun(completions, new Trace(2, sequences));
  }

  /** Replays the requests on other weights, and checks that rows leave and end as recorded. */
  void assertReplayed(EngineOptions options) throws InterruptedException {
    Map<Long, Completion> replayed = run(OTHER_WEIGHTS, options, trace, requests());
    replayed.forEach(
        (id, completion) -> {
          Completion before = Objects.requireNonNull(completions.get(id));
          assertThat(completion.depths()).as("row %d", id).isEqualTo(before.depths());
          assertThat(completion.trace().sequenceKey()).isEqualTo(before.trace().sequenceKey());
          assertThat(completion.trace().confidences())
              .as("row %d", id)
              .isEqualTo(before.trace().confidences());
        });
    assertThat(replayed).hasSize(ROWS);
  }

  /** Completes requests; with what heads say replaced by a trace, if there is one. */
  static Map<Long, Completion> run(
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

  static List<Request> requests() {
    return requests(new SamplingParams(20));
  }

  /** Prompts that begin alike, so that blocks are shared. */
  static List<Request> requests(SamplingParams sampling) {
    List<Request> requests = new ArrayList<>();
    for (int id = 0; id < ROWS; id++) {
      int[] prompt = TinyModel.prompt(99, 34 + id % 5);
      prompt[33] = id;
      requests.add(new Request(id, prompt, sampling));
    }
    return requests;
  }

  /** With some tokens that end a sequence. */
  private static LoadedModel stoppable(LoadedModel model) {
    return new LoadedModel(
        model.spec(), Set.of(1, 2, 3, 4, 5, 6), model.contentHash(), model.tensors());
  }
}
