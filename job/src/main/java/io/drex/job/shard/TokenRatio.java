package io.drex.job.shard;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;

import io.drex.spark.TaskInput;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Tokens per byte of a run's prompts, by its own tokenizer on the first of its rows. */
final class TokenRatio {
  private static final int SAMPLED_ROWS = 200;
  private static final int SAMPLED_BYTES_OF_A_VALUE = 4096;

  /** About English with a vocabulary of 30,000; for prompts of which no sample can be read. */
  private static final double WITHOUT_SAMPLE = 0.25;

  private TokenRatio() {}

  /**
   * Reads a sample on the driver, of long values only their beginnings.
   *
   * @param rows with {@link TaskInput}'s columns
   */
  static double sampled(Dataset<Row> rows, Prompts prompts) {
    if (prompts.columns().isEmpty()) {
      return WITHOUT_SAMPLE;
    }
    double ratio = prompts.tokensPerByte(samples(rows, prompts.columns()));
    return ratio == 0 ? WITHOUT_SAMPLE : ratio;
  }

  private static List<List<String>> samples(Dataset<Row> rows, List<String> columns) {
    Column[] beginnings =
        columns.stream()
            .map(column -> beginning(col(TaskInput.templateColumn(column))).as(column))
            .toArray(Column[]::new);
    List<List<String>> samples = new ArrayList<>();
    for (Row row : rows.select(beginnings).limit(SAMPLED_ROWS).collectAsList()) {
      List<String> values = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        values.add(new String((byte[]) row.get(i), StandardCharsets.UTF_8));
      }
      samples.add(values);
    }
    return samples;
  }

  private static Column beginning(Column value) {
    return substring(coalesce(value, lit(new byte[0])), 1, SAMPLED_BYTES_OF_A_VALUE);
  }
}
