package io.drex.job.input;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import io.drex.spark.RowKey;
import io.drex.spark.RowOption;
import io.drex.spark.TaskInput;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Gives the input's rows their ids and ledger keys. */
public final class PreparedInput {
  private static final int HASH_CHARS = 32;

  /** Columns that exist only between ids and keys. */
  private static final String VALUES = "_drex_values";

  private static final String PROMPT_HASH = "_drex_prompt";

  private PreparedInput() {}

  /**
   * The rows with their id in {@link TaskInput#ID}: the id column's text; of several id columns,
   * their texts as a JSON array; of none, the hash of the prompt's and options' columns and the
   * number of its occurrence. An id is null if one of its columns is.
   */
  public static Dataset<Row> withIds(Dataset<Row> input, InputColumns columns) {
    List<Column> carried = new ArrayList<>();
    for (String column : columns.template()) {
      carried.add(TaskInput.templateValue(quoted(column)).as(TaskInput.templateColumn(column)));
    }
    for (String column : columns.options()) {
      carried.add(quoted(column).cast("string").as(TaskInput.optionColumn(column)));
    }
    for (StructField field : columns.keep().fields()) {
      carried.add(quoted(field.name()));
    }
    // All that a row's results depend on: such options too, so that other ones make another row.
    Column[] values =
        Stream.concat(
                columns.template().stream().map(column -> quoted(column).cast("string").as(column)),
                columns.options().stream()
                    .filter(column -> RowOption.ofColumn(column).changesResults())
                    .map(
                        column -> quoted(column).cast("string").as(TaskInput.optionColumn(column))))
            .toArray(Column[]::new);
    // A struct needs a field, also where a template names no column.
    carried.add((values.length == 0 ? struct(lit("").as("none")) : struct(values)).as(VALUES));
    if (columns.id().isEmpty()) {
      return numbered(input.select(carried.toArray(Column[]::new)), columns);
    }
    carried.add(givenId(columns.id()).as(TaskInput.ID));
    return input.select(carried.toArray(Column[]::new));
  }

  /** The rows as tasks read them, with their keys under this fingerprint. */
  public static Dataset<Row> withKeys(
      Dataset<Row> withIds, InputColumns columns, String fingerprint) {
    UDF2<String, Row, byte[]> key = (id, row) -> RowKey.of(fingerprint, id, texts(row));
    Dataset<Row> keyed =
        withIds.withColumn(
            TaskInput.KEY, udf(key, DataTypes.BinaryType).apply(col(TaskInput.ID), col(VALUES)));
    Column[] inOrder =
        java.util.Arrays.stream(
                TaskInput.schema(columns.template(), columns.options(), columns.keep())
                    .fieldNames())
            .map(PreparedInput::quoted)
            .toArray(Column[]::new);
    return keyed.select(inOrder);
  }

  private static Column givenId(List<String> names) {
    Column[] texts = names.stream().map(name -> quoted(name).cast("string")).toArray(Column[]::new);
    if (texts.length == 1) {
      return texts[0];
    }
    Column complete = texts[0].isNotNull();
    for (Column text : texts) {
      complete = complete.and(text.isNotNull());
    }
    return when(complete, to_json(array(texts)));
  }

  /**
   * Rows with equal prompts are numbered by what else is kept of them, so that order is no input.
   */
  private static Dataset<Row> numbered(Dataset<Row> rows, InputColumns columns) {
    UDF1<Row, String> hash =
        row -> HexFormat.of().formatHex(RowKey.of("", "", texts(row))).substring(0, HASH_CHARS);
    Dataset<Row> hashed =
        rows.withColumn(PROMPT_HASH, udf(hash, DataTypes.StringType).apply(col(VALUES)));
    Column[] order =
        columns.keep().isEmpty()
            ? new Column[] {col(PROMPT_HASH)}
            : java.util.Arrays.stream(columns.keep().fieldNames())
                .map(PreparedInput::quoted)
                .toArray(Column[]::new);
    WindowSpec samePrompt = Window.partitionBy(PROMPT_HASH).orderBy(order);
    return hashed
        .withColumn(
            TaskInput.ID,
            concat_ws("-", col(PROMPT_HASH), row_number().over(samePrompt).cast("string")))
        .drop(PROMPT_HASH);
  }

  private static List<String> texts(Row row) {
    List<String> texts = new ArrayList<>(row.size());
    for (int i = 0; i < row.size(); i++) {
      texts.add(row.getString(i));
    }
    return texts;
  }

  private static Column quoted(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
