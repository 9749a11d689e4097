package io.drex.spark;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * The columns that a {@link GenerateTask} reads: {@value #KEY}, {@value #ID}, one for each template
 * column and each column of options, then the pass-through columns under their own names.
 */
public final class TaskInput {
  /** The row's ledger key, binary(32); see {@link RowKey}. */
  public static final String KEY = "_drex_key";

  /** The row's id, string. */
  public static final String ID = "_drex_id";

  private static final String TEMPLATE_PREFIX = "_drex_t_";
  private static final String OPTION_PREFIX = "_drex_o_";

  private TaskInput() {}

  /** The name under which the values of a template column travel. */
  public static String templateColumn(String column) {
    return TEMPLATE_PREFIX + column;
  }

  /** The name under which the values of a column of options travel, as text. */
  public static String optionColumn(String column) {
    return OPTION_PREFIX + column;
  }

  /**
   * What a template column's values are sent as: the bytes of their text. A task decodes them
   * strictly, so that invalid UTF-8 is an error row and not a silent replacement character.
   */
  public static Column templateValue(Column column) {
    return column.cast("string").cast("binary");
  }

  /** The schema of a task's input. */
  public static StructType schema(
      List<String> templateColumns, List<String> optionColumns, StructType keep) {
    StructType schema =
        new StructType().add(KEY, DataTypes.BinaryType).add(ID, DataTypes.StringType);
    for (String column : templateColumns) {
      schema = schema.add(templateColumn(column), DataTypes.BinaryType);
    }
    for (String column : optionColumns) {
      schema = schema.add(optionColumn(column), DataTypes.StringType);
    }
    for (StructField field : keep.fields()) {
      schema = schema.add(field);
    }
    return schema;
  }
}
