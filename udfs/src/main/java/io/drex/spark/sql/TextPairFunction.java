package io.drex.spark.sql;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructType;

/**
 * A function of a prediction and a reference, before Spark knows its arguments.
 *
 * @param function what it becomes over two texts
 */
record TextPairFunction(BoundFunction function) implements UnboundFunction {
  /** The types of prediction and reference. */
  static DataType[] inputs() {
    return new DataType[] {DataTypes.StringType, DataTypes.StringType};
  }

  /** The one name of a function over two texts, by which Spark compares plans. */
  static String canonicalName(BoundFunction function) {
    return "io.drex." + function.name() + "(string,string)";
  }

  @Override
  public String name() {
    return function.name();
  }

  /**
   * Takes two texts, or NULLs without a type.
   *
   * @throws UnsupportedOperationException for other arguments; Spark makes it an error of the query
   */
  @Override
  public BoundFunction bind(StructType arguments) {
    boolean fits =
        arguments.size() == inputs().length
            && Arrays.stream(arguments.fields()).allMatch(field -> isText(field.dataType()));
    if (!fits) {
      String types =
          Arrays.stream(arguments.fields())
              .map(field -> field.dataType().sql())
              .collect(Collectors.joining(", "));
      throw new UnsupportedOperationException(
          String.format(
              Locale.ROOT,
              "%s takes (prediction STRING, reference STRING), but is called with (%s); name two"
                  + " columns of text, or CAST(… AS STRING) what is none",
              name(),
              types));
    }
    return function;
  }

  @Override
  public String description() {
    return name() + "(prediction STRING, reference STRING) → " + function.resultType().sql();
  }

  private static boolean isText(DataType type) {
    return type instanceof StringType || type instanceof NullType;
  }
}
