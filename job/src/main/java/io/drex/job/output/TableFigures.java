package io.drex.job.output;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.drex.spark.OutputSchema;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Figures of a table of results, computed from its Parquet files.
 *
 * @param errors rows by error code
 * @param finishReasons rows by finish reason
 * @param exits tokens at each active ramp by depth, then at full depth; empty without tokens
 * @param depthSum layers run, summed over generated tokens
 * @param totalMillis P50, P95, P99 of the time from submit to end; empty without completions
 */
public record TableFigures(
    long rows,
    long promptTokens,
    long completionTokens,
    SortedMap<String, Long> errors,
    SortedMap<String, Long> finishReasons,
    List<Long> exits,
    long involuntaryExits,
    long involuntaryStays,
    double depthSum,
    List<Double> totalMillis) {

  /** Reads the figures of some rows. */
  public static TableFigures of(Dataset<Row> rows) {
    Row sums =
        rows.agg(
                count(lit(1)),
                total(col(OutputSchema.PROMPT_TOKENS)),
                total(col(OutputSchema.COMPLETION_TOKENS)),
                total(col("exits.involuntary_exits")),
                total(col("exits.involuntary_stays")),
                coalesce(
                    sum(
                        col(OutputSchema.MEAN_EXIT_DEPTH)
                            .multiply(col(OutputSchema.COMPLETION_TOKENS))),
                    lit(0.0)),
                expr(
                    "percentile_approx(if(error is null, total_ms, null), array(0.5, 0.95, 0.99))"))
            .head();
    return new TableFigures(
        sums.getLong(0),
        sums.getLong(1),
        sums.getLong(2),
        counts(rows.filter(col("error").isNotNull()), "error.code"),
        counts(rows, OutputSchema.FINISH_REASON),
        exits(rows),
        sums.getLong(3),
        sums.getLong(4),
        sums.getDouble(5),
        sums.isNullAt(6) ? List.of() : List.copyOf(sums.<Double>getList(6)));
  }

  /** The figures of no rows. */
  public static TableFigures none() {
    return new TableFigures(
        0, 0, 0, new TreeMap<>(), new TreeMap<>(), List.of(), 0, 0, 0, List.of());
  }

  /** Rows whose result is an error. */
  public long errorRows() {
    return errors.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Mean layers run per generated token; 0 without tokens. */
  public double meanDepth() {
    return completionTokens == 0 ? 0 : depthSum / completionTokens;
  }

  /** Share of tokens emitted before full depth. */
  public double earlyFraction() {
    long all = exits.stream().mapToLong(Long::longValue).sum();
    return all == 0 ? 0 : 1 - (double) exits.get(exits.size() - 1) / all;
  }

  private static Column total(Column values) {
    return coalesce(sum(when(values.isNotNull(), values.cast("long"))), lit(0L));
  }

  private static SortedMap<String, Long> counts(Dataset<Row> rows, String column) {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (Row row : rows.groupBy(coalesce(col(column), lit("none"))).count().collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return counts;
  }

  private static List<Long> exits(Dataset<Row> rows) {
    SortedMap<Integer, Long> byRamp = new TreeMap<>();
    for (Row row :
        rows.select(posexplode(col("exits.by_ramp")))
            .groupBy("pos")
            .agg(sum(col("col").cast("long")))
            .collectAsList()) {
      byRamp.put(row.getInt(0), row.getLong(1));
    }
    return List.copyOf(byRamp.values());
  }
}
