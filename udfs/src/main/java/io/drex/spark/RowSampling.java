package io.drex.spark;

import io.drex.device.Sampling;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.StopStrings;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * How the tokens of each row are chosen, and when it should run: the run's options, and the row's
 * own before them.
 */
final class RowSampling {
  private final RowOptions options;
  private final @Nullable StopStrings stop;
  private final long seed;

  private RowSampling(RowOptions options, @Nullable StopStrings stop) {
    this.options = options;
    this.stop = stop;
    seed = options.config().value(ConfigKeys.SEED);
  }

  /**
   * @param input the schema of the rows that {@link #of(Row, String)} will be given
   * @param stop strings of the run; null if there are none
   */
  static RowSampling of(DrexConfig config, StructType input, @Nullable StopStrings stop) {
    return new RowSampling(new RowOptions(config, input), stop);
  }

  /** The columns of options that a run's rows bring with them. */
  static List<String> columns(DrexConfig config) {
    return config.value(ConfigKeys.OPTION_COLS);
  }

  /**
   * The parameters of a row.
   *
   * @throws ConfigException naming the option and its range if the row's own is not allowed; the
   *     value, which may be any text, is not in the message
   */
  SamplingParams of(Row row, String id) {
    Sampling sampling =
        new Sampling(
            options.value(RowOption.TEMPERATURE, ConfigKeys.TEMPERATURE, row),
            options.value(RowOption.TOP_K, ConfigKeys.TOP_K, row),
            options.value(RowOption.TOP_P, ConfigKeys.TOP_P, row),
            options.value(RowOption.MIN_P, ConfigKeys.MIN_P, row),
            options.value(RowOption.REPETITION_PENALTY, ConfigKeys.REPETITION_PENALTY, row));
    int maxNewTokens = options.value(RowOption.MAX_NEW_TOKENS, ConfigKeys.MAX_NEW_TOKENS, row);
    long seedOfRow = sampling.temperature() == 0 ? 0 : RowSeed.of(seed, id);
    SamplingParams params =
        new SamplingParams(maxNewTokens, sampling, seedOfRow, SamplingParams.RAMPS_OWN, stop);
    Float threshold = options.own(RowOption.EXIT_THRESHOLD, ConfigKeys.EXIT_THRESHOLD, row);
    if (threshold != null) {
      return params.withExitThreshold(threshold);
    }
    return options
        .config()
        .optional(ConfigKeys.EXIT_THRESHOLD)
        .map(params::withExitThreshold)
        .orElse(params);
  }

  /**
   * When a row should run; it changes none of its tokens.
   *
   * @throws ConfigException as {@link #of(Row, String)} does
   */
  Urgency urgency(Row row) {
    return new Urgency(
        options.value(RowOption.PRIORITY, ConfigKeys.PRIORITY, row),
        options.value(RowOption.ROW_DEADLINE_MILLIS, ConfigKeys.ROW_DEADLINE_MILLIS, row));
  }
}
