package io.drex.job.output;

import static org.apache.spark.sql.functions.arrays_zip;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * How sure the tokens of each exit depth were, computed from the table; only rows that were written
 * with token statistics tell.
 *
 * @param depth layers that the tokens ran
 * @param tokens how many there are
 * @param p5 5 % are less confident
 * @param p50 the median
 * @param p95 5 % are more confident
 */
public record ConfidenceFigures(int depth, long tokens, double p5, double p50, double p95) {

  /** The figures by depth; empty if no row has token statistics. */
  public static List<ConfidenceFigures> of(Dataset<Row> table) {
    Dataset<Row> tokens =
        table
            .filter(col("token_depths").isNotNull().and(col("token_confidences").isNotNull()))
            .select(explode(arrays_zip(col("token_depths"), col("token_confidences"))).as("token"))
            .select(
                col("token.token_depths").cast("int").as("depth"),
                col("token.token_confidences").cast("double").as("confidence"));
    List<ConfidenceFigures> figures = new ArrayList<>();
    for (Row row :
        tokens
            .groupBy("depth")
            .agg(count(lit(1)), expr("percentile_approx(confidence, array(0.05, 0.5, 0.95))"))
            .collectAsList()) {
      List<Double> percentiles = row.getList(2);
      figures.add(
          new ConfidenceFigures(
              row.getInt(0),
              row.getLong(1),
              percentiles.get(0),
              percentiles.get(1),
              percentiles.get(2)));
    }
    figures.sort(Comparator.comparingInt(ConfidenceFigures::depth)); // Spark would need two passes
    return figures;
  }
}
