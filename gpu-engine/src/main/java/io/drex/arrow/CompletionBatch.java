package io.drex.arrow;

import io.drex.engine.Completion;
import io.drex.engine.FinishReason;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.types.pojo.Schema;

/**
 * Finished rows on their way to a file. Columns have the names and meanings of the output table;
 * those that are the same for all rows of a task are not among them. Used by one thread; filled,
 * read, cleared, and filled again.
 */
public final class CompletionBatch implements AutoCloseable {
  static final Schema SCHEMA =
      new Schema(
          List.of(
              ArrowFields.text("id"),
              ArrowFields.bytes("key", PromptBatch.KEY_BYTES),
              ArrowFields.text("completion"),
              ArrowFields.text("finish_reason"),
              ArrowFields.struct(
                  "error",
                  ArrowFields.text("code"),
                  ArrowFields.text("message"),
                  ArrowFields.flag("retryable")),
              ArrowFields.int32("prompt_tokens"),
              ArrowFields.int32("completion_tokens"),
              ArrowFields.float64("mean_exit_depth"),
              ArrowFields.float64("total_ms"),
              ArrowFields.struct(
                  "exits",
                  ArrowFields.float64("depth_fraction"),
                  ArrowFields.list("by_ramp", ArrowFields.int32("element")),
                  ArrowFields.float64("early_fraction"),
                  ArrowFields.float32("min_confidence"),
                  ArrowFields.int32("involuntary_exits"),
                  ArrowFields.int32("involuntary_stays")),
              ArrowFields.list("token_depths", ArrowFields.int16("element")),
              ArrowFields.list("token_confidences", ArrowFields.float32("element")),
              ArrowFields.struct(
                  "timing",
                  ArrowFields.float64("queue_ms"),
                  ArrowFields.float64("first_token_ms"),
                  ArrowFields.float64("total_ms")),
              ArrowFields.text("prompt_sha256"),
              ArrowFields.text("output_sha256"),
              ArrowFields.list("token_log_probs", ArrowFields.float32("element")),
              RampTraceColumn.field()));

  private final VectorSchemaRoot root;
  private final int layers;
  private final TokenStats tokenStats;
  private final TokenStats logProbs;
  private final TokenStats rampTraces;
  private final VarCharVector id;
  private final FixedSizeBinaryVector key;
  private final VarCharVector completion;
  private final VarCharVector finishReason;
  private final ErrorColumn error;
  private final IntVector promptTokens;
  private final IntVector completionTokens;
  private final Float8Vector meanExitDepth;
  private final Float8Vector totalMs;
  private final ExitsColumn exits;
  private final ListVector tokenDepths;
  private final ListVector tokenConfidences;
  private final TimingColumn timing;
  private final VarCharVector promptSha256;
  private final VarCharVector outputSha256;
  private final ListVector tokenLogProbs;
  private final RampTraceColumn rampTrace;
  private int rows;
  private long tokens;

  /**
   * An empty batch; its buffers belong to {@code allocator}.
   *
   * @param layers the model's decoder layers
   * @param tokenStats whether depths and confidences of tokens are kept
   * @param logProbs whether log-probabilities of tokens are kept
   * @param rampTraces whether what ramps read of tokens is kept
   */
  public CompletionBatch(
      BufferAllocator allocator,
      int layers,
      TokenStats tokenStats,
      TokenStats logProbs,
      TokenStats rampTraces) {
    root = VectorSchemaRoot.create(SCHEMA, allocator);
    this.layers = layers;
    this.tokenStats = tokenStats;
    this.logProbs = logProbs;
    this.rampTraces = rampTraces;
    id = (VarCharVector) root.getVector("id");
    key = (FixedSizeBinaryVector) root.getVector("key");
    completion = (VarCharVector) root.getVector("completion");
    finishReason = (VarCharVector) root.getVector("finish_reason");
    error = new ErrorColumn(root);
    promptTokens = (IntVector) root.getVector("prompt_tokens");
    completionTokens = (IntVector) root.getVector("completion_tokens");
    meanExitDepth = (Float8Vector) root.getVector("mean_exit_depth");
    totalMs = (Float8Vector) root.getVector("total_ms");
    exits = new ExitsColumn(root);
    tokenDepths = (ListVector) root.getVector("token_depths");
    tokenConfidences = (ListVector) root.getVector("token_confidences");
    timing = new TimingColumn(root);
    promptSha256 = (VarCharVector) root.getVector("prompt_sha256");
    outputSha256 = (VarCharVector) root.getVector("output_sha256");
    tokenLogProbs = (ListVector) root.getVector("token_log_probs");
    rampTrace = new RampTraceColumn(root);
  }

  /** Appends a row. */
  public void append(RowOutcome outcome) {
    Vectors.set(id, rows, outcome.id());
    key.setSafe(rows, outcome.key());
    String sha256 = outcome.promptSha256();
    if (sha256 != null) {
      Vectors.set(promptSha256, rows, sha256);
    }
    if (outcome instanceof RowOutcome.Completed completed) {
      append(completed);
    } else if (outcome instanceof RowOutcome.Failed failed) {
      append(failed);
    }
    rows++;
  }

  private void append(RowOutcome.Completed row) {
    Completion result = row.completion();
    ExitFigures figures = ExitFigures.of(result, layers);
    Vectors.set(completion, rows, row.text());
    Vectors.set(finishReason, rows, result.finishReason().text());
    promptTokens.setSafe(rows, result.promptTokens());
    completionTokens.setSafe(rows, result.tokens().length);
    if (result.tokens().length > 0) {
      meanExitDepth.setSafe(rows, figures.meanDepth());
      exits.set(rows, result.exits(), figures);
    }
    totalMs.setSafe(rows, TimingColumn.millis(result.timing().totalMicros()));
    timing.set(rows, result.timing());
    if (tokenStats == TokenStats.KEPT) {
      Vectors.set(tokenDepths, rows, result.depths());
      Vectors.set(tokenConfidences, rows, result.confidences());
    }
    if (logProbs == TokenStats.KEPT) {
      Vectors.set(tokenLogProbs, rows, result.logProbs());
    }
    if (rampTraces == TokenStats.KEPT) {
      rampTrace.set(rows, result);
    }
    Vectors.set(outputSha256, rows, OutputHash.of(result));
    tokens += result.tokens().length;
  }

  private void append(RowOutcome.Failed row) {
    Vectors.set(finishReason, rows, FinishReason.ERROR.text());
    error.set(rows, row.error());
    Integer length = row.promptTokens();
    if (length != null) {
      promptTokens.setSafe(rows, length);
    }
  }

  /** Rows in the batch. */
  public int rows() {
    return rows;
  }

  /** Generated tokens of all rows together. */
  public long tokens() {
    return tokens;
  }

  /**
   * The batch as Arrow vectors, valid until the next {@link #append} or {@link #clear}; the same
   * objects each time.
   */
  public VectorSchemaRoot root() {
    root.setRowCount(rows);
    return root;
  }

  /** Forgets all rows and keeps the buffers. */
  public void clear() {
    root.getFieldVectors().forEach(ValueVector::reset);
    rows = 0;
    tokens = 0;
    root.setRowCount(0);
  }

  /** Frees the buffers. */
  @Override
  public void close() {
    root.close();
  }
}
