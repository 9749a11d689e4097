package io.drex.spark.sql;

import io.drex.spark.quality.RougeVariant;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.catalog.functions.AggregateFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;
import org.jspecify.annotations.Nullable;

/**
 * {@code avg_rouge_1} and so on: the average of {@link RougeFunction} over a group's rows where it
 * is not NULL; NULL where there is none. It exists because Spark refuses {@code avg(rouge_1(…))}:
 * the argument of an aggregate must be deterministic by its flag.
 *
 * @param variant what counts as common
 */
public record AverageRougeFunction(RougeVariant variant)
    implements AggregateFunction<double[], Double> {
  // Places in a group's state. It is an array because Spark reads it back with its own class
  // loader, which does not know the classes of a jar that came by --jars.
  private static final int SUM = 0;
  private static final int ROWS = 1;

  @Override
  public String name() {
    return "avg_" + row().name();
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

  @Override
  public double[] newAggregationState() {
    return new double[] {0, 0};
  }

  @Override
  public double[] update(double[] state, InternalRow arguments) {
    Double score = row().invoke(text(arguments, 0), text(arguments, 1));
    if (score != null) {
      state[SUM] += score;
      state[ROWS]++;
    }
    return state;
  }

  @Override
  public double[] merge(double[] left, double[] right) {
    left[SUM] += right[SUM];
    left[ROWS] += right[ROWS];
    return left;
  }

  @Override
  public @Nullable Double produceResult(double[] state) {
    return state[ROWS] == 0 ? null : state[SUM] / state[ROWS];
  }

  private RougeFunction row() {
    return new RougeFunction(variant);
  }

  private static @Nullable UTF8String text(InternalRow arguments, int place) {
    return arguments.isNullAt(place) ? null : arguments.getUTF8String(place);
  }
}
