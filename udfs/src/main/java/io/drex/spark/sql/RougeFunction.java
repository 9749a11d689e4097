package io.drex.spark.sql;

import io.drex.spark.quality.Rouge;
import io.drex.spark.quality.RougeVariant;
import io.drex.spark.quality.Stemming;
import java.util.Locale;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * {@code rouge_1}, {@code rouge_2}, {@code rouge_l}, {@code rouge_lsum}: F1 of a prediction against
 * a reference, without stemming; NULL where a side is NULL.
 *
 * @param variant what counts as common
 */
public record RougeFunction(RougeVariant variant) implements ScalarFunction<Double> {
  private static final Rouge ROUGE = new Rouge(Stemming.NONE);

  @Override
  public String name() {
    return variant.name().toLowerCase(Locale.ROOT);
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
    return DataTypes.DoubleType;
  }

  /**
   * False, although equal texts score the same: Spark copies deterministic expressions, such as one
   * that a subquery names and a filter over it uses, and would score rows twice.
   */
  @Override
  public boolean isDeterministic() {
    return false;
  }

  /** Called by Spark, by this name. */
  public @Nullable Double invoke(@Nullable UTF8String prediction, @Nullable UTF8String reference) {
    if (prediction == null || reference == null) {
      return null;
    }
    return ROUGE.score(variant, reference.toString(), prediction.toString()).f1();
  }

  /** As plans and unnamed columns show it. */
  @Override
  public String toString() {
    return name();
  }
}
