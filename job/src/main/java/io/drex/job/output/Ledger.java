package io.drex.job.output;

import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The rows that an output holds. */
public final class Ledger {
  private final SparkSession spark;
  private final OutputLayout layout;
  private final StructType schema;

  /**
   * @param keep pass-through columns
   */
  public Ledger(SparkSession spark, OutputLayout layout, StructType keep) {
    this.spark = spark;
    this.layout = layout;
    this.schema = OutputSchema.with(keep);
  }

  /** Schema of every row. */
  public StructType schema() {
    return schema;
  }

  /** Final rows, or nothing where no run has finished any. */
  public Optional<Dataset<Row>> data() {
    return rows(layout.data());
  }

  /** Retryable error rows of the last run. */
  public Optional<Dataset<Row>> errors() {
    return rows(layout.errors());
  }

  /** The rows of {@code input} whose key has no final row. */
  public Dataset<Row> pending(Dataset<Row> input, String keyColumn) {
    return data()
        .map(
            data -> {
              Dataset<Row> keys = data.select(OutputSchema.KEY);
              return input.join(
                  keys, input.col(keyColumn).equalTo(keys.col(OutputSchema.KEY)), "left_anti");
            })
        .orElse(input);
  }

  private Optional<Dataset<Row>> rows(Path folder) {
    try {
      FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (!fs.exists(folder)) {
        return Optional.empty();
      }
      for (FileStatus status : fs.listStatus(folder)) {
        if (status.getPath().getName().endsWith(".parquet")) {
          return Optional.of(spark.read().schema(schema).parquet(folder.toString()));
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + folder, e);
    }
  }
}
