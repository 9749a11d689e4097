package io.drex.job.output;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import io.drex.spark.OutputSchema;
import java.util.ArrayList;
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
 * @param exits tokens at each active ramp by depth, then at full depth; empty without rows
 * @param depthSum layers run, summed over generated tokens
 * @param totalMillis P50, P95, P99 of the time from submit to end; empty without completions
 * @param rowsWithTokenStats rows that were written with statistics of each token
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
    List<Double> totalMillis,
    long rowsWithTokenStats) {

  /**
   * Reads the figures of some rows, in two passes.
   *
   * @param depths places of {@link #exits}
   */
  public static TableFigures of(Dataset<Row> rows, int depths) {
    List<Column> sums = new ArrayList<>();
    sums.add(total(col(OutputSchema.PROMPT_TOKENS)));
    sums.add(total(col(OutputSchema.COMPLETION_TOKENS)));
    sums.add(total(col("exits.involuntary_exits")));
    sums.add(total(col("exits.involuntary_stays")));
    sums.add(coalesce(sum(layersRun()), lit(0.0)));
    sums.add(expr("percentile_approx(if(error is null, total_ms, null), array(0.5, 0.95, 0.99))"));
    sums.add(count(col("token_depths")));
    int firstExit = sums.size() + 1;
    for (int i = 0; i < depths; i++) {
      sums.add(sum(get(col("exits.by_ramp"), lit(i)).cast("long")));
    }
    Row figures = rows.agg(count(lit(1)), sums.toArray(Column[]::new)).head();
    Outcomes outcomes = outcomes(rows);
    return new TableFigures(
        figures.getLong(0),
        figures.getLong(1),
        figures.getLong(2),
        outcomes.errors,
        outcomes.finishReasons,
        exits(figures, firstExit),
        figures.getLong(3),
        figures.getLong(4),
        figures.getDouble(5),
        figures.isNullAt(6) ? List.of() : List.copyOf(figures.<Double>getList(6)),
        figures.getLong(7));
  }

  /** Rows by error code; those without an error do not count. */
  public static SortedMap<String, Long> errors(Dataset<Row> rows) {
    return outcomes(rows).errors;
  }

  /** The figures of no rows. */
  public static TableFigures none() {
    return new TableFigures(
        0, 0, 0, new TreeMap<>(), new TreeMap<>(), List.of(), 0, 0, 0, List.of(), 0);
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

  private static Column layersRun() {
    return col(OutputSchema.MEAN_EXIT_DEPTH).multiply(col(OutputSchema.COMPLETION_TOKENS));
  }

  private static Column total(Column values) {
    return coalesce(sum(values.cast("long")), lit(0L));
  }

  private static List<Long> exits(Row figures, int first) {
    List<Long> exits = new ArrayList<>();
    for (int i = first; i < figures.size() && !figures.isNullAt(i); i++) {
      exits.add(figures.getLong(i));
    }
    return exits;
  }

  /** How rows ended. */
  private record Outcomes(SortedMap<String, Long> errors, SortedMap<String, Long> finishReasons) {}

  private static Outcomes outcomes(Dataset<Row> rows) {
    Outcomes outcomes = new Outcomes(new TreeMap<>(), new TreeMap<>());
    for (Row row :
        rows.groupBy(
                col("error").isNotNull(),
                coalesce(col("error.code"), lit("none")),
                coalesce(col(OutputSchema.FINISH_REASON), lit("none")))
            .count()
            .collectAsList()) {
      if (row.getBoolean(0)) {
        outcomes.errors.merge(row.getString(1), row.getLong(3), Long::sum);
      }
      outcomes.finishReasons.merge(row.getString(2), row.getLong(3), Long::sum);
    }
    return outcomes;
  }
}
