package io.drex.spark;

import io.drex.device.Sampling;
import io.drex.engine.SamplingParams;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.tokenizer.StopStrings;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** How the tokens of each row are chosen: the run's options, and the row's own before them. */
final class RowSampling {
  private final DrexConfig config;
  private final @Nullable StopStrings stop;
  private final Map<RowOption, Integer> fields = new EnumMap<>(RowOption.class); // index in a row
  private final long seed;

  private RowSampling(DrexConfig config, StructType input, @Nullable StopStrings stop) {
    this.config = config;
    this.stop = stop;
    seed = config.value(ConfigKeys.SEED);
    for (String column : config.value(ConfigKeys.OPTION_COLS)) {
      fields.put(RowOption.ofColumn(column), input.fieldIndex(TaskInput.optionColumn(column)));
    }
  }

  /**
   * @param input the schema of the rows that {@link #of(Row, String)} will be given
   * @param stop strings of the run; null if there are none
   */
  static RowSampling of(DrexConfig config, StructType input, @Nullable StopStrings stop) {
    return new RowSampling(config, input, stop);
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
            value(RowOption.TEMPERATURE, ConfigKeys.TEMPERATURE, row),
            value(RowOption.TOP_K, ConfigKeys.TOP_K, row),
            value(RowOption.TOP_P, ConfigKeys.TOP_P, row),
            value(RowOption.MIN_P, ConfigKeys.MIN_P, row),
            value(RowOption.REPETITION_PENALTY, ConfigKeys.REPETITION_PENALTY, row));
    int maxNewTokens = value(RowOption.MAX_NEW_TOKENS, ConfigKeys.MAX_NEW_TOKENS, row);
    long seedOfRow = sampling.temperature() == 0 ? 0 : RowSeed.of(seed, id);
    SamplingParams params =
        new SamplingParams(maxNewTokens, sampling, seedOfRow, SamplingParams.RAMPS_OWN, stop);
    String threshold = text(RowOption.EXIT_THRESHOLD, row);
    if (threshold != null) {
      return params.withExitThreshold(
          parse(RowOption.EXIT_THRESHOLD, ConfigKeys.EXIT_THRESHOLD, threshold));
    }
    return config.optional(ConfigKeys.EXIT_THRESHOLD).map(params::withExitThreshold).orElse(params);
  }

  private <T> T value(RowOption option, ConfigKey<T> key, Row row) {
    String text = text(option, row);
    return text == null ? config.value(key) : parse(option, key, text);
  }

  private @Nullable String text(RowOption option, Row row) {
    Integer field = fields.get(option);
    return field == null ? null : row.getString(field);
  }

  private static <T> T parse(RowOption option, ConfigKey<T> key, String text) {
    try {
      return key.parser().apply(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "column " + option.column() + " must be " + key.allowed() + " or null", e);
    }
  }
}
