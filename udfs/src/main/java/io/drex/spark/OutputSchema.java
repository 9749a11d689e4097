package io.drex.spark;

import java.util.List;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Schema version 1 of the results: the journal's, {@code data/}'s and {@code errors/}'s. All
 * columns are always present and typed. Every field is nullable in Spark's sense, because Spark
 * reads every Parquet file so; docs/output-schema.md has the rule of each column. Later versions
 * only append columns.
 */
public final class OutputSchema {
  public static final int VERSION = 1;

  public static final String RUN_ID = "run_id";
  public static final String ID = "id";
  public static final String KEY = "key";
  public static final String COMPLETION = "completion";
  public static final String FINISH_REASON = "finish_reason";
  public static final String ERROR = "error";
  public static final String PROMPT_TOKENS = "prompt_tokens";
  public static final String COMPLETION_TOKENS = "completion_tokens";
  public static final String MEAN_EXIT_DEPTH = "mean_exit_depth";
  public static final String TOTAL_MS = "total_ms";
  public static final String EXITS = "exits";
  public static final String TOKEN_DEPTHS = "token_depths";
  public static final String TOKEN_CONFIDENCES = "token_confidences";
  public static final String TIMING = "timing";
  public static final String MODEL = "model";
  public static final String FINGERPRINT = "fingerprint";
  public static final String ATTEMPT = "attempt";
  public static final String PROMPT_SHA256 = "prompt_sha256";
  public static final String OUTPUT_SHA256 = "output_sha256";
  public static final String TOKEN_LOG_PROBS = "token_log_probs";
  public static final String RAMP_TRACE = "ramp_trace";

  private static final StructType ERROR_TYPE =
      new StructType(
          new StructField[] {
            field("code", DataTypes.StringType, "what kind of failure, such as PROMPT_TOO_LONG"),
            field("message", DataTypes.StringType, "what happened and with which sizes"),
            field("retryable", DataTypes.BooleanType, "whether the row may succeed if tried again")
          });

  private static final StructType EXITS_TYPE =
      new StructType(
          new StructField[] {
            field(
                "depth_fraction", DataTypes.DoubleType, "mean_exit_depth over the model's layers"),
            field(
                "by_ramp",
                DataTypes.createArrayType(DataTypes.IntegerType),
                "tokens emitted at each active ramp by depth, then at full depth"),
            field("early_fraction", DataTypes.DoubleType, "share of tokens emitted at a ramp"),
            field(
                "min_confidence",
                DataTypes.FloatType,
                "least confidence of the heads that emitted the tokens"),
            field(
                "involuntary_exits", DataTypes.IntegerType, "tokens emitted below a threshold: 0"),
            field(
                "involuntary_stays",
                DataTypes.IntegerType,
                "confident tokens that were made to go on")
          });

  private static final StructType TIMING_TYPE =
      new StructType(
          new StructField[] {
            field("queue_ms", DataTypes.DoubleType, "from submit to admission, milliseconds"),
            field(
                "first_token_ms",
                DataTypes.DoubleType,
                "from submit to the first token, milliseconds"),
            field("total_ms", DataTypes.DoubleType, "from submit to the end, milliseconds")
          });

  private static final StructType RAMP_TRACE_TYPE =
      new StructType(
          new StructField[] {
            field("sequence_key", DataTypes.LongType, "hash of the prompt's tokens and the seed"),
            field(
                "ramp_confidences",
                DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType)),
                "by active ramp, then by token from the second on; null where it was not met")
          });

  private static final List<StructField> COLUMNS =
      List.of(
          field(RUN_ID, DataTypes.StringType, "the run that wrote the row"),
          field(ID, DataTypes.StringType, "the input row's id"),
          field(KEY, DataTypes.BinaryType, "SHA-256 of fingerprint, id and prompt values"),
          field(COMPLETION, DataTypes.StringType, "generated text; null if the row failed"),
          field(FINISH_REASON, DataTypes.StringType, "stop, length, error or skipped"),
          field(ERROR, ERROR_TYPE, "why the row failed; null if it did not"),
          field(PROMPT_TOKENS, DataTypes.IntegerType, "tokens of the rendered prompt"),
          field(COMPLETION_TOKENS, DataTypes.IntegerType, "generated tokens, the stop included"),
          field(MEAN_EXIT_DEPTH, DataTypes.DoubleType, "mean layers run per generated token"),
          field(TOTAL_MS, DataTypes.DoubleType, "from submit to the end, milliseconds"),
          field(EXITS, EXITS_TYPE, "where the tokens were emitted"),
          field(
              TOKEN_DEPTHS,
              DataTypes.createArrayType(DataTypes.ShortType),
              "layers run by each token; only with tokenStats"),
          field(
              TOKEN_CONFIDENCES,
              DataTypes.createArrayType(DataTypes.FloatType),
              "confidence of each token; only with tokenStats"),
          field(TIMING, TIMING_TYPE, "durations by a monotonic clock"),
          field(MODEL, DataTypes.StringType, "the model's name and the start of its hash"),
          field(FINGERPRINT, DataTypes.StringType, "hash of everything that changes results"),
          field(ATTEMPT, DataTypes.IntegerType, "Spark's attempt number of the task, from 0"),
          field(PROMPT_SHA256, DataTypes.StringType, "SHA-256 (hex) of the rendered prompt"),
          field(
              OUTPUT_SHA256,
              DataTypes.StringType,
              "SHA-256 (hex) of token ids, depths and confidences"),
          field(
              TOKEN_LOG_PROBS,
              DataTypes.createArrayType(DataTypes.FloatType),
              "natural logarithm of each token's probability; only with logProbs"),
          field(RAMP_TRACE, RAMP_TRACE_TYPE, "what ramps read; only with recordTrace"));

  private OutputSchema() {}

  /** The schema's own columns followed by the pass-through columns, all nullable. */
  public static StructType with(StructType keep) {
    StructType schema = new StructType(COLUMNS.toArray(StructField[]::new));
    for (StructField field : keep.fields()) {
      schema = schema.add(new StructField(field.name(), field.dataType(), true, Metadata.empty()));
    }
    return schema;
  }

  /** The names of the schema's own columns; no pass-through column may have one of them. */
  public static List<String> columnNames() {
    return COLUMNS.stream().map(StructField::name).toList();
  }

  private static StructField field(String name, DataType type, String comment) {
    Metadata metadata = new MetadataBuilder().putString("comment", comment).build();
    return new StructField(name, type, true, metadata);
  }
}
