package io.drex.job.input;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.TaskInput;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Whether ids identify rows. */
public final class IdCheck {
  private static final int SHOWN_HASH_CHARS = 12;

  private IdCheck() {}

  /**
   * Counts the rows.
   *
   * @throws JobException INPUT if some have no id, or share one; ids are shown hashed only
   */
  public static long countRows(Dataset<Row> withIds, List<String> idColumns) {
    if (idColumns.isEmpty()) {
      return withIds.count();
    }
    Column repeated = col("rows").gt(1).and(col(TaskInput.ID).isNotNull());
    Row counts =
        withIds
            .groupBy(TaskInput.ID)
            .agg(count(lit(1)).as("rows"))
            .agg(
                total(col("rows")),
                total(when(col(TaskInput.ID).isNull(), col("rows"))),
                count(when(repeated, lit(1))),
                total(when(repeated, col("rows"))),
                min(when(repeated, sha2(col(TaskInput.ID).cast("binary"), 256))))
            .head();
    String names = "--id-col " + String.join(",", idColumns) + ": ";
    if (counts.getLong(1) > 0) {
      throw new JobException(
          ExitCode.INPUT,
          names
              + counts.getLong(1)
              + " of "
              + counts.getLong(0)
              + " rows have no id (null); drop or fill them, or choose other columns");
    }
    if (counts.getLong(2) > 0) {
      throw new JobException(
          ExitCode.INPUT,
          names
              + counts.getLong(2)
              + " ids occur more than once, on "
              + counts.getLong(3)
              + " of "
              + counts.getLong(0)
              + " rows, such as the id whose SHA-256 begins "
              + counts.getString(4).substring(0, SHOWN_HASH_CHARS)
              + "; add an id column or remove duplicates");
    }
    return counts.getLong(0);
  }

  private static Column total(Column values) {
    return coalesce(sum(values), lit(0L));
  }
}
