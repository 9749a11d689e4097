package io.drex.job.output;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;

import io.drex.spark.OutputSchema;
import io.drex.spark.journal.JournalFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.lib.output.FileOutputCommitter;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;

/**
 * Moves one row per key from the journal into the table. A crash at any point is harmless: rows
 * that are already in {@code data/} are not written again, and the journal is deleted last.
 */
public final class Compaction {
  private static final long BYTES_PER_FILE = 128L << 20;
  private static final String RANK = "_drex_rank";

  /** Start of the name of the folder in which S3A's magic committer keeps a job's uploads. */
  private static final String MAGIC = "__magic";

  /** What becomes of rows whose error may pass. */
  public enum RetryableErrors {
    /** They go to {@code errors/} and are tried again by the next run. */
    KEEP_APART,
    /** They are final, like any other row. */
    MAKE_FINAL
  }

  private final SparkSession spark;
  private final OutputLayout layout;
  private final Ledger ledger;
  private final String fingerprint;
  private final int rowsPerFile;
  private final Configuration hadoop;

  /**
   * @param fingerprint of the table's rows; tasks that outlived their driver may have written
   *     others
   * @param rowsPerFile most rows of a file
   */
  public Compaction(
      SparkSession spark, OutputLayout layout, Ledger ledger, String fingerprint, int rowsPerFile) {
    this.spark = spark;
    this.layout = layout;
    this.ledger = ledger;
    this.fingerprint = fingerprint;
    this.rowsPerFile = rowsPerFile;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** Moves what the journals of all runs hold, and deletes them; does nothing if there is none. */
  public void run(RetryableErrors retryable) {
    try {
      List<Path> files = JournalFiles.list(hadoop, layout.journal());
      if (!files.isEmpty()) {
        move(files, retryable);
        keepEngineReadings(files);
      }
      layout.journal().getFileSystem(hadoop).delete(layout.journal(), true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot compact the journal " + layout.journal(), e);
    }
  }

  /** Makes a table without rows if there is none, so that readers find its schema. */
  public void makeTable() {
    if (ledger.data().isEmpty()) {
      write(noRows(), SaveMode.Append).parquet(layout.data().toString());
    }
  }

  private Dataset<Row> noRows() {
    return spark.createDataFrame(List.of(), ledger.schema());
  }

  private void keepEngineReadings(List<Path> files) throws IOException {
    Map<String, List<Path>> byRun =
        files.stream().collect(Collectors.groupingBy(file -> file.getParent().getName()));
    for (Map.Entry<String, List<Path>> run : byRun.entrySet()) {
      new EngineLog(layout, hadoop)
          .write(run.getKey(), JournalFiles.engineReadings(hadoop, run.getValue()).values());
    }
  }

  private void move(List<Path> files, RetryableErrors retryable) throws IOException {
    int partitions = partitions(files);
    Dataset<Row> journal =
        spark
            .read()
            .schema(ledger.schema())
            .parquet(files.stream().map(Path::toString).toArray(String[]::new))
            .filter(col(OutputSchema.FINGERPRINT).equalTo(fingerprint));
    Column mayPass = coalesce(col("error.retryable"), lit(false));
    Column moves = retryable == RetryableErrors.KEEP_APART ? mayPass.equalTo(false) : lit(true);
    deleteUncommitted(layout.data());
    write(onePerKey(missing(journal), partitions).filter(moves), SaveMode.Append)
        .parquet(layout.data().toString());
    // After the append: what is final now is no longer missing, so it is not among the errors.
    Row left = missing(journal).agg(count_if(moves), count_if(mayPass)).head();
    requireNone(left.getLong(0));
    Dataset<Row> errors =
        left.getLong(1) == 0
            ? noRows()
            : onePerKey(missing(journal), partitions).filter(mayPass).repartition(1);
    write(errors, SaveMode.Overwrite).parquet(layout.errors().toString());
  }

  /** The rows that the table lacks. */
  private Dataset<Row> missing(Dataset<Row> journal) {
    return ledger.pending(journal, OutputSchema.KEY);
  }

  /** The journal is deleted next, so a commit that did less than it says must not go unnoticed. */
  private void requireNone(long notMoved) {
    if (notMoved > 0) {
      throw new IllegalStateException(
          notMoved
              + " rows of the journal are not in "
              + layout.data()
              + " after they were committed there; the journal is kept. Does another process write"
              + " or delete there?");
    }
  }

  /**
   * What a dead run's compaction left. FileOutputCommitter would take its files for this job's. The
   * magic committer would not, and aborts its uploads when this job commits; what it noted of them
   * goes here.
   */
  private void deleteUncommitted(Path table) throws IOException {
    FileSystem fs = table.getFileSystem(hadoop);
    for (FileStatus entry : fs.exists(table) ? fs.listStatus(table) : new FileStatus[0]) {
      String name = entry.getPath().getName();
      if (name.equals(FileOutputCommitter.PENDING_DIR_NAME) || name.startsWith(MAGIC)) {
        fs.delete(entry.getPath(), true);
      }
    }
  }

  /**
   * Spread evenly over files' worth of rows. A completion beats an error, a final error a retryable
   * one, a later attempt an earlier one.
   */
  private static Dataset<Row> onePerKey(Dataset<Row> journal, int partitions) {
    WindowSpec sameKey =
        Window.partitionBy(OutputSchema.KEY)
            .orderBy(
                col("error").isNotNull(),
                coalesce(col("error.retryable"), lit(false)),
                col(OutputSchema.RUN_ID).desc(),
                col(OutputSchema.ATTEMPT).desc());
    return journal
        .repartition(partitions, col(OutputSchema.KEY))
        .withColumn(RANK, row_number().over(sameKey))
        .filter(col(RANK).equalTo(1))
        .drop(RANK);
  }

  private DataFrameWriter<Row> write(Dataset<Row> rows, SaveMode mode) {
    return rows.to(ledger.schema())
        .sortWithinPartitions(OutputSchema.ID)
        .write()
        .mode(mode)
        .option("compression", "zstd")
        .option("maxRecordsPerFile", rowsPerFile)
        // Version 2 shows files of unfinished tasks.
        .option("mapreduce.fileoutputcommitter.algorithm.version", "1");
  }

  private int partitions(List<Path> files) throws IOException {
    long bytes = 0;
    for (Path file : files) {
      bytes += file.getFileSystem(hadoop).getFileStatus(file).getLen();
    }
    return (int) Math.max(1, Math.min(10_000, bytes / BYTES_PER_FILE + 1));
  }
}
