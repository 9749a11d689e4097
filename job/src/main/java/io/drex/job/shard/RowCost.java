package io.drex.job.shard;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.octet_length;

import io.drex.spark.RowOption;
import io.drex.spark.TaskInput;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * The tokens that a row is expected to run, prompt and completion, before anything is tokenised:
 * bytes by a sampled ratio, and the row's limit of new tokens, or what the configuration expects.
 * An estimate for balance only; no result depends on it.
 *
 * @param templateBytes bytes of the template's text, which every prompt has
 * @param templateColumns columns of the rows whose text is in the prompt
 */
record RowCost(DrexConfig config, long templateBytes, List<String> templateColumns) {

  RowCost {
    templateColumns = List.copyOf(templateColumns);
  }

  /** Bytes of a row's prompt. */
  Column promptBytes() {
    Column bytes = lit(templateBytes);
    for (String column : templateColumns) {
      Column value = col(TaskInput.templateColumn(column));
      bytes = bytes.plus(coalesce(octet_length(value), lit(0)));
    }
    return bytes;
  }

  /** New tokens that a row is expected to have. */
  Column newTokens() {
    int expected = config.value(ConfigKeys.EXPECTED_NEW_TOKENS);
    Column limit = lit(config.value(ConfigKeys.MAX_NEW_TOKENS));
    String option = RowOption.MAX_NEW_TOKENS.column();
    if (config.value(ConfigKeys.OPTION_COLS).contains(option)) {
      limit = coalesce(col(TaskInput.optionColumn(option)).try_cast("int"), limit);
    }
    return (expected == 0 ? limit : least(limit, lit(expected))).cast("long");
  }

  /**
   * Expected tokens of a row.
   *
   * @param tokensPerByte of prompts
   */
  Column tokens(double tokensPerByte) {
    return promptBytes().multiply(tokensPerByte).plus(newTokens());
  }
}
