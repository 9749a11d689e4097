package io.drex.job.shard;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.drex.spark.RowOption;
import io.drex.spark.TaskInput;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;

/**
 * Which rows may be one computation: those of equal prompts and options, where decoding is greedy.
 * Rows of one number go to one shard, next to each other, and the task decides; other rows may have
 * the number by chance.
 *
 * @param isPossible whether any two rows may be
 * @param number int64, of the row's own key where it is not possible
 */
record SharedWork(boolean isPossible, Column number) {

  static SharedWork of(DrexConfig config, List<String> templateColumns) {
    List<String> options = config.value(ConfigKeys.OPTION_COLS);
    boolean isPossible =
        config.value(ConfigKeys.TEMPERATURE) == 0
            || options.contains(RowOption.TEMPERATURE.column());
    if (!isPossible) {
      return new SharedWork(false, xxhash64(col(TaskInput.KEY)));
    }
    Column[] asked =
        Stream.concat(
                templateColumns.stream().map(TaskInput::templateColumn),
                options.stream()
                    .filter(option -> RowOption.ofColumn(option).changesResults())
                    .map(TaskInput::optionColumn))
            .map(name -> col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new);
    return new SharedWork(true, asked.length == 0 ? lit(0L) : xxhash64(asked));
  }
}
