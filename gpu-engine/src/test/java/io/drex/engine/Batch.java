package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.drex.golden.GoldenCompletion;
import io.drex.golden.ModelGolden;
import io.drex.model.LoadedModel;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Prompts that are all in flight at once, and what must come of them. */
final class Batch {
  private static final long LIMIT_MILLIS = 60_000;

  private Batch() {}

  /** Completes all prompts; ids are their places in the list. */
  static Map<Long, Completion> run(LoadedModel model, EngineOptions options, List<int[]> prompts)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("golden")) {
      SamplingParams sampling = new SamplingParams(GoldenCompletion.MOST_TOKENS);
      for (int id = 0; id < prompts.size(); id++) {
        session.submit(new Request(id, prompts.get(id), sampling), LIMIT_MILLIS);
      }
      return Replies.all(session);
    }
  }

  /** Compares completions with the golden ones, in the order of ids. */
  static void assertGolden(
      LoadedModel model, Map<Long, Completion> all, List<GoldenCompletion> golden) {
    for (int id = 0; id < golden.size(); id++) {
      Completion completion = Objects.requireNonNull(all.get((long) id));
      GoldenCompletion expected = golden.get(id);
      int[] ids = expected.ids();
      assertThat(completion.tokens()).as("ids of %d", id).isEqualTo(ids);
      for (int token = 0; token < ids.length; token++) {
        assertThat((int) completion.depths()[token])
            .as("depth of token %d of %d", token, id)
            .isEqualTo(expected.depths()[token]);
        assertThat((double) completion.confidences()[token])
            .as("confidence of token %d of %d", token, id)
            .isCloseTo(expected.confidences()[token], within(ModelGolden.CONFIDENCE_TOLERANCE));
      }
      boolean stopped = model.stopTokens().contains(ids[ids.length - 1]);
      assertThat(completion.finishReason())
          .isEqualTo(stopped ? FinishReason.STOP : FinishReason.LENGTH);
    }
  }
}
