package io.drex.spark;

import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.EnumMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The run's options as single rows have them: a row's own before the run's. */
final class RowOptions {
  private final DrexConfig config;
  private final Map<RowOption, Integer> fields = new EnumMap<>(RowOption.class); // index in a row

  /**
   * @param input the schema of the rows that will be asked about
   */
  RowOptions(DrexConfig config, StructType input) {
    this.config = config;
    for (String column : config.value(ConfigKeys.OPTION_COLS)) {
      fields.put(RowOption.ofColumn(column), input.fieldIndex(TaskInput.optionColumn(column)));
    }
  }

  DrexConfig config() {
    return config;
  }

  /**
   * An option's value, the run's where the row has none.
   *
   * @throws ConfigException naming the option and its range if the row's own is not allowed; the
   *     value, which may be any text, is not in the message
   */
  <T> T value(RowOption option, ConfigKey<T> key, Row row) {
    T own = own(option, key, row);
    return own == null ? config.value(key) : own;
  }

  /**
   * An option's value in the row itself; null if it has none.
   *
   * @throws ConfigException as {@link #value} does
   */
  <T> @Nullable T own(RowOption option, ConfigKey<T> key, Row row) {
    Integer field = fields.get(option);
    String text = field == null ? null : row.getString(field);
    if (text == null) {
      return null;
    }
    try {
      return key.parser().apply(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "column " + option.column() + " must be " + key.allowed() + " or null", e);
    }
  }
}
