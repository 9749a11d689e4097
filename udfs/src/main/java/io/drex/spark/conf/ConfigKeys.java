package io.drex.spark.conf;

import io.drex.device.Sampling;
import io.drex.spark.conf.ConfigKey.IntRange;
import io.drex.spark.conf.ConfigKey.NumberRange;
import java.util.List;

/**
 * Every setting of the product. A key is one constant here: option, JSON key, Spark key and
 * documentation follow from it.
 */
public final class ConfigKeys {
  public static final ConfigKey<String> MODEL =
      ConfigKey.text(
          "model",
          "model",
          null,
          "The model: bundled:, a local folder that every host has, or a Hadoop URI.");
  public static final ConfigKey<String> RAMPS =
      ConfigKey.text(
          "model", "ramps", null, "A ramp file (local or Hadoop URI) used instead of the model's.");
  public static final ConfigKey<String> MODEL_CACHE =
      ConfigKey.text(
          "model",
          "modelCache",
          null,
          "Folder on each host for staged models; default: one per user in the temp dir.");

  public static final ConfigKey<String> INPUT =
      ConfigKey.text("input", "input", null, "Path, Hadoop URI or glob of the input, or a table.");
  public static final ConfigKey<String> INPUT_FORMAT =
      ConfigKey.choice(
          "input",
          "inputFormat",
          "auto",
          List.of("auto", "parquet", "jsonl", "csv", "text", "orc", "table"),
          "How to read the input; auto goes by the file name's ending.");
  public static final ConfigKey<List<String>> ID_COL =
      ConfigKey.list(
          "input",
          "idCol",
          "Columns that identify a row; without it the id is the prompt's hash and occurrence.");
  public static final ConfigKey<List<String>> KEEP =
      ConfigKey.list("input", "keep", "Input columns to pass through to the output.");
  public static final ConfigKey<List<String>> OPTION_COLS =
      ConfigKey.list(
          "input",
          "optionCols",
          "Columns named like options, whose values replace the run's row by row, null aside:"
              + " max_new_tokens, temperature, top_k, top_p, min_p, repetition_penalty,"
              + " exit_threshold, priority, row_deadline_millis.");
  public static final ConfigKey<String> TEMPLATE =
      ConfigKey.text(
          "input",
          "template",
          null,
          "A prompt template file (local or Hadoop URI) with {column}; a line break at its end is"
              + " no part of the prompt.");
  public static final ConfigKey<String> PROMPT =
      ConfigKey.verbatim(
          "input", "prompt", "The prompt template itself, to the letter, instead of a file.");
  public static final ConfigKey<Integer> LIMIT =
      ConfigKey.integer(
          "input", "limit", 0, IntRange.atLeast(0), "Rows to take from the input; 0 takes all.");

  public static final ConfigKey<String> OUTPUT =
      ConfigKey.text(
          "output", "output", null, "Folder of the results; for calibrate, the ramp file.");
  public static final ConfigKey<String> MODE =
      ConfigKey.choice(
          "output",
          "mode",
          "resume",
          List.of("resume", "overwrite", "error"),
          "What becomes of earlier results in the output: resume goes on with them, overwrite removes"
              + " them, error refuses them.");
  public static final ConfigKey<Boolean> TOKEN_STATS =
      ConfigKey.flag("output", "tokenStats", "Write exit depth and confidence of every token.");
  public static final ConfigKey<Boolean> LOG_PROBS =
      ConfigKey.flag("output", "logProbs", "Write the log-probability of every token.");
  public static final ConfigKey<Boolean> RECORD_TRACE =
      ConfigKey.flag(
          "output",
          "recordTrace",
          "Write what every ramp read of every token, for a replay by trace; with exitThreshold off"
              + " no row leaves before a ramp.");
  public static final ConfigKey<Integer> JOURNAL_SECONDS =
      ConfigKey.integer(
          "output",
          "journalSeconds",
          60,
          new IntRange(1, 3600),
          "A task publishes its finished rows at least this often; a crash costs at most this.");
  public static final ConfigKey<Integer> ROWS_PER_FILE =
      ConfigKey.integer(
          "output",
          "rowsPerFile",
          1_000_000,
          IntRange.atLeast(1),
          "Most rows of one file of the table; fewer where 128 MiB of results are.");
  public static final ConfigKey<Boolean> FINAL =
      ConfigKey.flag("output", "final", "Make the remaining retryable errors final.");

  public static final ConfigKey<Integer> PARTITIONS =
      ConfigKey.integer(
          "run",
          "partitions",
          0,
          IntRange.atLeast(0),
          "Most shards of the run, which are spread by expected tokens; 0 takes four for each core.");
  public static final ConfigKey<Integer> WINDOW_ROWS =
      ConfigKey.integer(
          "run",
          "windowRows",
          256,
          IntRange.atLeast(1),
          "Rows that one task keeps in flight in the engine.");
  public static final ConfigKey<Double> MAX_ERROR_RATE =
      ConfigKey.fraction(
          "run", "maxErrorRate", 1.0, "Share of error rows above which the run's gate fails.");
  public static final ConfigKey<Deadline> DEADLINE =
      new ConfigKey<>(
          "run",
          "deadline",
          null,
          Deadline.FORM,
          "When the run stops, with exit code 4; the same command goes on later.",
          Deadline::parse);
  public static final ConfigKey<Integer> STOP_GRACE_SECONDS =
      ConfigKey.integer(
          "run",
          "stopGraceSeconds",
          20,
          IntRange.atLeast(0),
          "How long rows in flight may go on when the run stops; later ones are left to the next"
              + " run.");

  public static final ConfigKey<String> DEVICE =
      ConfigKey.text(
          "engine",
          "device",
          "auto",
          "auto, cpu, cpu:scalar, cpu:vector, cpu:int8 (layers' weights rounded to 8 bits),"
              + " cpu:onednn, cuda (the GPU that Spark gives, else the first), cuda:<number, UUID"
              + " or PCI id>, cuda:fast and cuda:fast:<the same> (large products by cuBLAS),"
              + " sim:noop, a simulated GPU such as sim:h200/llama-2-13b, or sim:<file>.json, a"
              + " saved cost table; auto may fall back, a name may not.");
  public static final ConfigKey<String> TRACE =
      ConfigKey.text(
          "engine",
          "trace",
          null,
          "Results with recordTrace (a Parquet file or folder; each host's own, or a Hadoop URI)"
              + " whose confidences and lengths replace those of the model; the run is synthetic.");
  public static final ConfigKey<String> POLICY =
      ConfigKey.text(
          "engine",
          "policy",
          "rebatch",
          "Exit policy: rebatch (every confident row exits) or full_depth (no ramp is read); for"
              + " comparison any, all, median, mean, latency_only, art and art:<rows>, of which all"
              + " but latency_only make results depend on the schedule.");
  public static final ConfigKey<String> KV_FILL =
      ConfigKey.choice(
          "engine",
          "kvFill",
          "map",
          List.of("map", "copy", "propagate", "recompute"),
          "K and V of layers that an exited token skipped: map (read the last layer's that ran),"
              + " copy (the same, written), propagate (projected from the exit's hidden state) or"
              + " recompute (exact: the layers run with the next token, which does not exit).");
  public static final ConfigKey<Integer> SLOTS =
      ConfigKey.integer(
          "engine", "slots", 64, new IntRange(1, 65536), "Sequences alive at once in an engine.");
  public static final ConfigKey<Integer> MAX_PREFILL_TOKENS =
      ConfigKey.integer(
          "engine",
          "maxPrefillTokens",
          256,
          new IntRange(1, 65536),
          "Most prompt tokens of one step.");
  public static final ConfigKey<Integer> MAX_SEQUENCE_TOKENS =
      ConfigKey.integer(
          "engine",
          "maxSequenceTokens",
          0,
          IntRange.atLeast(0),
          "Longest sequence, prompt and completion together; 0 takes the model's limit.");
  public static final ConfigKey<Integer> KV_TOKENS =
      ConfigKey.integer(
          "engine",
          "kvTokens",
          0,
          IntRange.atLeast(0),
          "Tokens that the KV pool of each segment holds; 0 takes what all slots may need.");
  public static final ConfigKey<Integer> DEEP_KV_TOKENS =
      ConfigKey.integer(
          "engine",
          "deepKvTokens",
          0,
          IntRange.atLeast(0),
          "Tokens that the KV pool of each segment behind the first ramp holds; tokens that exit"
              + " early take nothing there. 0 takes kvTokens.");
  public static final ConfigKey<Integer> EXPECTED_NEW_TOKENS =
      ConfigKey.integer(
          "engine",
          "expectedNewTokens",
          0,
          IntRange.atLeast(0),
          "New tokens that admission counts on until the first rows have finished; 0 takes"
              + " maxNewTokens.");
  public static final ConfigKey<String> PREFIX_SHARING =
      ConfigKey.choice(
          "engine",
          "prefixSharing",
          "on",
          List.of("on", "off"),
          "Whether prompts that begin alike share the KV of their common beginning; changes no"
              + " result.");
  public static final ConfigKey<Integer> FLUSH_ROWS =
      ConfigKey.integer(
          "engine",
          "flushRows",
          0,
          IntRange.atLeast(0),
          "Buffered rows at a ramp that start a flush; 0 plans them from what calls cost (art: takes"
              + " its batch).");
  public static final ConfigKey<Integer> MAX_BUFFER_AGE_STEPS =
      ConfigKey.integer(
          "engine",
          "maxBufferAgeSteps",
          100,
          IntRange.atLeast(1),
          "Steps that a buffered row may wait for a flush.");
  public static final ConfigKey<Integer> PRIORITY =
      ConfigKey.integer(
          "run",
          "priority",
          0,
          new IntRange(-1000, 1000),
          "Of the rows that wait in an engine the highest start first; for --option-cols.");
  public static final ConfigKey<Integer> ROW_DEADLINE_MILLIS =
      ConfigKey.integer(
          "run",
          "rowDeadlineMillis",
          0,
          IntRange.atLeast(0),
          "Time in which a row should be complete once it was handed to an engine, for which rows"
              + " are not left waiting; one that is late is completed all the same. 0 for none.");
  public static final ConfigKey<Float> BUFFER_AGE_FACTOR =
      ConfigKey.number(
          "engine",
          "bufferAgeFactor",
          0,
          new NumberRange("a number in [0, 1000]", a -> a >= 0 && a <= 1000),
          "Above 0, buffered rows count for more the longer the oldest has waited, by this much a"
              + " step: fewer long waits, at the cost of throughput.");
  public static final ConfigKey<Integer> THREADS =
      ConfigKey.integer(
          "engine",
          "threads",
          0,
          new IntRange(0, 1024),
          "Worker threads of a CPU engine; 0 takes the executor's cores.");
  public static final ConfigKey<Integer> MAILBOX_TOKENS =
      ConfigKey.integer(
          "engine",
          "mailboxTokens",
          1 << 18,
          IntRange.atLeast(1),
          "Prompt tokens that may wait between the tasks and the engine.");
  public static final ConfigKey<Integer> MEASURE_MILLIS =
      ConfigKey.integer(
          "engine",
          "measureMillis",
          500,
          IntRange.atLeast(0),
          "Time for measuring the device before it serves, where flushes are planned; 0 learns from"
              + " serving alone.");
  public static final ConfigKey<String> COST_TABLE =
      ConfigKey.text(
          "engine",
          "costTable",
          "",
          "File of the device's cost table on each executor: where it exists it is taken in place"
              + " of measuring and refined by serving, where not it is written if there was time for calls of all sizes;"
              + " empty for none.");
  public static final ConfigKey<Integer> WATCHDOG_SECONDS =
      ConfigKey.integer(
          "engine",
          "watchdogSeconds",
          300,
          IntRange.atLeast(0),
          "Longest device call; after it the engine is given up as lost. Opening a device may take"
              + " one second more per 50 MB of weights. 0 waits for ever.");

  public static final ConfigKey<Integer> MAX_NEW_TOKENS =
      ConfigKey.integer(
          "sampling",
          "maxNewTokens",
          128,
          IntRange.atLeast(1),
          "Most tokens of a completion, a stop token included.");
  public static final ConfigKey<Float> TEMPERATURE =
      ConfigKey.number(
          "sampling",
          "temperature",
          0,
          new NumberRange("a number in [0, 100]", t -> t >= 0 && t <= Sampling.MAX_TEMPERATURE),
          "How evenly tokens are drawn; 0 takes the likeliest.");
  public static final ConfigKey<Integer> TOP_K =
      ConfigKey.integer(
          "sampling",
          "topK",
          0,
          IntRange.atLeast(0),
          "Draw from so many of the likeliest tokens; 0 from all.");
  public static final ConfigKey<Float> TOP_P =
      ConfigKey.number(
          "sampling",
          "topP",
          1,
          new NumberRange("a number in (0, 1]", p -> p > 0 && p <= 1),
          "Of those, draw from the fewest that hold this share of their probability.");
  public static final ConfigKey<Float> MIN_P =
      ConfigKey.number(
          "sampling",
          "minP",
          0,
          new NumberRange("a number in [0, 1]", p -> p >= 0 && p <= 1),
          "Of those, draw from the ones with this share of the likeliest one's probability.");
  public static final ConfigKey<Float> REPETITION_PENALTY =
      ConfigKey.number(
          "sampling",
          "repetitionPenalty",
          1,
          new NumberRange(
              "a number in [0.1, 10]", p -> p >= Sampling.MIN_PENALTY && p <= Sampling.MAX_PENALTY),
          "Above 1, makes tokens that prompt or completion already have less likely.");
  public static final ConfigKey<Long> SEED =
      ConfigKey.seed(
          "sampling", "seed", "Of all random numbers; a row's depend on it and the row's id only.");
  public static final ConfigKey<List<String>> STOP =
      new ConfigKey<>(
          "sampling",
          "stop",
          null,
          "a text, or a JSON array of texts",
          "Ends a completion, and its text before it; several as a JSON array.",
          StopOption::parse);
  public static final ConfigKey<Float> EXIT_THRESHOLD =
      new ConfigKey<>(
          "sampling",
          "exitThreshold",
          null,
          "a number within the ramps' metrics, or off",
          "Replaces the thresholds of all ramps that are read.",
          ThresholdOption::parse);

  public static final ConfigKey<String> QUALITY_BUDGET =
      ConfigKey.text(
          "calibrate",
          "qualityBudget",
          "agreement>=0.98",
          "What exits may cost: agreement>=share, exact>=share, or rougeL>=-points.");
  public static final ConfigKey<Double> CONFIDENCE =
      ConfigKey.fraction(
          "calibrate", "confidence", 0.95, "Chance that the chosen thresholds keep the budget.");
  public static final ConfigKey<Integer> ROWS =
      ConfigKey.integer(
          "calibrate",
          "rows",
          1000,
          IntRange.atLeast(8),
          "Rows of the input to draw: one in four proposes thresholds, the others test them.");
  public static final ConfigKey<String> REFERENCE =
      ConfigKey.text(
          "calibrate",
          "reference",
          null,
          "Column of reference texts for rougeL; without it full depth is the reference.");
  public static final ConfigKey<String> RECORD =
      ConfigKey.text(
          "calibrate",
          "record",
          null,
          "A .csv or .csv.gz file to write: what every candidate lost on every held-out row; runs"
              + " those after the first failure too.");

  public static final ConfigKey<List<String>> TABLES =
      ConfigKey.list(
          "bench", "tables", "Tables to make, such as T1,N1; without it all that the device has.");
  public static final ConfigKey<Integer> REPEATS =
      ConfigKey.integer(
          "bench",
          "repeats",
          3,
          IntRange.atLeast(1),
          "Runs behind each figure: seeds where simulated, runs in turns where measured.");
  public static final ConfigKey<Integer> ARTICLES =
      ConfigKey.integer(
          "bench",
          "articles",
          192,
          IntRange.atLeast(1),
          "Articles of the bundled corpus that a measured run summarizes.");

  /** All keys, in the order of the documentation. */
  public static final List<ConfigKey<?>> ALL =
      List.of(
          MODEL,
          RAMPS,
          MODEL_CACHE,
          INPUT,
          INPUT_FORMAT,
          ID_COL,
          KEEP,
          OPTION_COLS,
          TEMPLATE,
          PROMPT,
          LIMIT,
          OUTPUT,
          MODE,
          TOKEN_STATS,
          LOG_PROBS,
          RECORD_TRACE,
          JOURNAL_SECONDS,
          ROWS_PER_FILE,
          FINAL,
          PARTITIONS,
          WINDOW_ROWS,
          PRIORITY,
          ROW_DEADLINE_MILLIS,
          MAX_ERROR_RATE,
          DEADLINE,
          STOP_GRACE_SECONDS,
          DEVICE,
          TRACE,
          POLICY,
          KV_FILL,
          SLOTS,
          MAX_PREFILL_TOKENS,
          MAX_SEQUENCE_TOKENS,
          KV_TOKENS,
          DEEP_KV_TOKENS,
          EXPECTED_NEW_TOKENS,
          PREFIX_SHARING,
          FLUSH_ROWS,
          MAX_BUFFER_AGE_STEPS,
          BUFFER_AGE_FACTOR,
          THREADS,
          MAILBOX_TOKENS,
          MEASURE_MILLIS,
          COST_TABLE,
          WATCHDOG_SECONDS,
          MAX_NEW_TOKENS,
          TEMPERATURE,
          TOP_K,
          TOP_P,
          MIN_P,
          REPETITION_PENALTY,
          SEED,
          STOP,
          EXIT_THRESHOLD,
          QUALITY_BUDGET,
          CONFIDENCE,
          ROWS,
          REFERENCE,
          RECORD,
          TABLES,
          REPEATS,
          ARTICLES);

  private ConfigKeys() {}
}
