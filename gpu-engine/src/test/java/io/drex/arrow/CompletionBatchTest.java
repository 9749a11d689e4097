package io.drex.arrow;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.engine.Completion;
import io.drex.engine.ErrorCode;
import io.drex.engine.ExitStats;
import io.drex.engine.FinishReason;
import io.drex.engine.RampTrace;
import io.drex.engine.RowError;
import io.drex.engine.Timing;
import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

class CompletionBatchTest {
  private static final byte[] KEY = new byte[PromptBatch.KEY_BYTES];
  private static final Completion COMPLETION =
      new Completion(
          7,
          FinishReason.STOP,
          11,
          new int[] {40, 41, 2},
          new short[] {2, 8, 2},
          new float[] {.95f, .5f, .99f},
          new float[] {-.25f, -1.5f, -.125f},
          new RampTrace(77, new float[] {.3f, .5f, .99f, Float.NaN}),
          new ExitStats(new int[] {2, 0, 1}, 0, 1, 4),
          new Timing(500, 1500, 2500),
          null);

  @Test
  void aCompletedRowHasItsFigures() {
    try (BufferAllocator allocator = new RootAllocator();
        CompletionBatch batch =
            new CompletionBatch(allocator, 8, TokenStats.KEPT, TokenStats.KEPT, TokenStats.KEPT)) {
      batch.append(new RowOutcome.Completed("a", KEY, "p", COMPLETION, "text"));
      VectorSchemaRoot root = batch.root();
      assertThat(value(root, "completion", 0)).isEqualTo("text");
      assertThat(value(root, "finish_reason", 0)).isEqualTo("stop");
      assertThat(value(root, "error", 0)).isEqualTo("null");
      assertThat(root.getVector("prompt_tokens").getObject(0)).isEqualTo(11);
      assertThat(root.getVector("completion_tokens").getObject(0)).isEqualTo(3);
      assertThat(root.getVector("mean_exit_depth").getObject(0)).isEqualTo(4.0);
      assertThat(root.getVector("total_ms").getObject(0)).isEqualTo(2.5);
      Map<?, ?> exits = (Map<?, ?>) root.getVector("exits").getObject(0);
      assertThat(exits.get("depth_fraction")).isEqualTo(.5);
      assertThat(exits.get("by_ramp")).isEqualTo(List.of(2, 0, 1));
      assertThat(exits.get("early_fraction")).isEqualTo(2.0 / 3);
      assertThat(exits.get("min_confidence")).isEqualTo(.5f);
      assertThat(exits.get("involuntary_stays")).isEqualTo(1);
      assertThat(root.getVector("token_depths").getObject(0))
          .isEqualTo(List.of((short) 2, (short) 8, (short) 2));
      assertThat(root.getVector("token_confidences").getObject(0))
          .isEqualTo(List.of(.95f, .5f, .99f));
      Map<?, ?> trace = (Map<?, ?>) root.getVector("ramp_trace").getObject(0);
      assertThat(trace.get("sequence_key")).isEqualTo(77L);
      assertThat(String.valueOf(trace.get("ramp_confidences")))
          .isEqualTo("[[0.3,0.99],[0.5,null]]");
      assertThat(batch.tokens()).isEqualTo(3);
    }
  }

  @Test
  void aFailedRowHasItsErrorAndNothingElse() {
    try (BufferAllocator allocator = new RootAllocator();
        CompletionBatch batch =
            new CompletionBatch(allocator, 8, TokenStats.KEPT, TokenStats.KEPT, TokenStats.KEPT)) {
      RowError error = new RowError(ErrorCode.EMPTY_PROMPT, "null or blank");
      batch.append(new RowOutcome.Failed("a", KEY, null, null, error));
      VectorSchemaRoot root = batch.root();
      assertThat(value(root, "finish_reason", 0)).isEqualTo("error");
      Map<?, ?> written = (Map<?, ?>) root.getVector("error").getObject(0);
      assertThat(String.valueOf(written.get("code"))).isEqualTo("EMPTY_PROMPT");
      assertThat(String.valueOf(written.get("message"))).isEqualTo("null or blank");
      assertThat(written.get("retryable")).isEqualTo(false);
      for (String column :
          List.of("completion", "prompt_tokens", "mean_exit_depth", "exits", "token_depths")) {
        assertThat(root.getVector(column).isNull(0)).as(column).isTrue();
      }
    }
  }

  @Test
  void rowsDoNotLeakIntoLaterOnes() {
    try (BufferAllocator allocator = new RootAllocator();
        CompletionBatch batch =
            new CompletionBatch(
                allocator, 8, TokenStats.OMITTED, TokenStats.OMITTED, TokenStats.OMITTED)) {
      RowError error = new RowError(ErrorCode.BAD_ENCODING, "not Unicode");
      batch.append(new RowOutcome.Completed("a", KEY, "p", COMPLETION, "text"));
      batch.append(new RowOutcome.Failed("b", KEY, null, null, error));
      batch.append(new RowOutcome.Completed("c", KEY, "p", COMPLETION, "more"));
      VectorSchemaRoot root = batch.root();
      assertThat(root.getVector("completion").isNull(1)).isTrue();
      assertThat(root.getVector("error").isNull(2)).isTrue();
      assertThat(value(root, "completion", 2)).isEqualTo("more");
      assertThat(root.getVector("token_depths").isNull(0)).isTrue();
      assertThat(root.getVector("ramp_trace").isNull(0)).isTrue();
      batch.clear();
      batch.append(new RowOutcome.Failed("d", KEY, null, 9, error));
      assertThat(batch.root().getVector("completion").isNull(0)).isTrue();
      assertThat(batch.root().getVector("exits").isNull(0)).isTrue();
      assertThat(batch.root().getVector("prompt_tokens").getObject(0)).isEqualTo(9);
    }
  }

  /** Known from an independent computation, so that the layout of the hash cannot drift. */
  @Test
  void theOutputHashIsOverIdsDepthsAndConfidences() {
    assertThat(OutputHash.of(COMPLETION))
        .isEqualTo("4a535a7c5b3660000a0e8d8d7523483b2c609db42b03a7a692f371c05b70d37d");
  }

  private static String value(VectorSchemaRoot root, String column, int row) {
    return String.valueOf(root.getVector(column).getObject(row));
  }
}
