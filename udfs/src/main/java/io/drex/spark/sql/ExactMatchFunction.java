package io.drex.spark.sql;

import io.drex.spark.quality.ExactMatch;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * {@code exact_match}: whether prediction and reference are equal up to white space at the ends;
 * NULL where a side is NULL. Cheap, so that Spark may copy and move it.
 */
public record ExactMatchFunction() implements ScalarFunction<Boolean> {
  @Override
  public String name() {
    return "exact_match";
  }

  @Override
  public String canonicalName() {
    return TextPairFunction.canonicalName(this);
  }

  @Override
  public DataType[] inputTypes() {
    return TextPairFunction.inputs();
  }

  @Override
  public DataType resultType() {
    return DataTypes.BooleanType;
  }

  /** Called by Spark, by this name. */
  public @Nullable Boolean invoke(@Nullable UTF8String prediction, @Nullable UTF8String reference) {
    if (prediction == null || reference == null) {
      return null;
    }
    return ExactMatch.matches(reference.toString(), prediction.toString());
  }

  /** As plans and unnamed columns show it. */
  @Override
  public String toString() {
    return name();
  }
}
