package io.drex.job.output;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.output.Compaction.RetryableErrors;
import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
  private static final StructType SCHEMA = OutputSchema.with(new StructType());

  @TempDir Path folder;
  private final SparkSession spark = TestJob.spark();
  private Ledger ledger;
  private Compaction compaction;

  @BeforeEach
  void makeOutput() {
    OutputLayout layout = OutputLayout.of(folder.toString(), new Configuration());
    ledger = new Ledger(spark, layout, new StructType());
    compaction = new Compaction(spark, layout, ledger);
  }

  @Test
  void keepsOneRowPerKey() throws IOException {
    journal("run1", 0, success("a", "run1"), success("b", "run1"));
    journal("run1", 1, success("a", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a", "b");
    assertThat(folder.resolve("_drex/journal")).doesNotExist();
  }

  @Test
  void aCompletionBeatsAnErrorOfALaterRun() throws IOException {
    journal("run1", 0, success("a", "run1"));
    journal("run2", 0, failure("a", "run2", true), failure("b", "run2", false));
    compaction.run(RetryableErrors.KEEP_APART);

    Dataset<Row> data = spark.read().parquet(folder.resolve("data").toString());
    assertThat(data.filter("id = 'a' and error is null").count()).isEqualTo(1);
    assertThat(data.filter("id = 'b' and error.code = 'X'").count()).isEqualTo(1);
    assertThat(ids(folder.resolve("errors"))).isEmpty();
  }

  @Test
  void retryableErrorsStayApartUntilTheyAreFinal() throws IOException {
    journal("run1", 0, failure("a", "run1", true), success("b", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);
    assertThat(ids(folder.resolve("data"))).containsExactly("b");
    assertThat(ids(folder.resolve("errors"))).containsExactly("a");

    journal("run2", 0, failure("a", "run2", true));
    compaction.run(RetryableErrors.MAKE_FINAL);
    assertThat(ids(folder.resolve("data"))).containsExactly("a", "b");
    assertThat(ids(folder.resolve("errors"))).isEmpty();
  }

  @Test
  void aJournalThatWasAlreadyMovedAddsNothing() throws IOException {
    journal("run1", 0, success("a", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);
    // As after a crash between the commit and the deletion of the journal.
    journal("run1", 0, success("a", "run1"), success("b", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a", "b");
  }

  @Test
  void halfWrittenFilesAreNeverRead() throws IOException {
    journal("run1", 0, success("a", "run1"));
    Files.writeString(
        folder.resolve("_drex/journal/run1/.shard-1-attempt-9-0.parquet.tmp"), "half");
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a");
  }

  @Test
  void whatADeadRunDidNotCommitIsNotCommittedWithTheNextOne() throws IOException {
    // A driver that dies between its tasks' commits and the job's leaves their files here.
    write(folder.resolve("data/_temporary/0/task_0_m_000000/part-0.parquet"), success("a", "run1"));
    journal("run1", 0, success("a", "run1"), success("b", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a", "b");
  }

  @Test
  void columnCommentsReachTheFiles() throws IOException {
    journal("run1", 0, success("a", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    StructType read = spark.read().parquet(folder.resolve("data").toString()).schema();
    assertThat(read.fieldNames()).containsExactly(SCHEMA.fieldNames());
    for (StructField field : read.fields()) {
      assertThat(field.getComment().isDefined()).as(field.name()).isTrue();
    }
  }

  private Dataset<Row> success(String id, String run) {
    return row(id, run, lit(null).cast(SCHEMA.apply("error").dataType()), lit("text"));
  }

  private Dataset<Row> failure(String id, String run, boolean retryable) {
    Column error =
        org.apache.spark.sql.functions.struct(
            lit("X").as("code"), lit("broken").as("message"), lit(retryable).as("retryable"));
    return row(id, run, error, lit(null).cast("string"));
  }

  private Dataset<Row> row(String id, String run, Column error, Column completion) {
    Dataset<Row> row = spark.range(1).toDF("unused");
    for (StructField field : SCHEMA.fields()) {
      row = row.withColumn(field.name(), lit(null).cast(field.dataType()));
    }
    return row.withColumn("id", lit(id))
        .withColumn("key", lit(id).cast("binary"))
        .withColumn("run_id", lit(run))
        .withColumn("attempt", lit(0))
        .withColumn("error", error)
        .withColumn("completion", completion)
        .drop("unused");
  }

  @SafeVarargs
  private void journal(String run, int shard, Dataset<Row>... rows) throws IOException {
    Dataset<Row> all = rows[0];
    for (int i = 1; i < rows.length; i++) {
      all = all.union(rows[i]);
    }
    write(folder.resolve("_drex/journal/" + run + "/shard-" + shard + "-attempt-0-0.parquet"), all);
  }

  /** Writes rows to one file of this name. */
  private void write(Path file, Dataset<Row> rows) throws IOException {
    Path written = folder.resolve("written");
    rows.coalesce(1).write().mode("overwrite").parquet(written.toString());
    Files.createDirectories(file.getParent());
    try (Stream<Path> files = Files.list(written)) {
      Path part =
          files.filter(other -> other.toString().endsWith(".parquet")).findFirst().orElseThrow();
      Files.move(part, file);
    }
  }

  private List<String> ids(Path table) {
    return spark
        .read()
        .schema(ledger.schema())
        .parquet(table.toString())
        .sort(col("id"))
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs("id"))
        .toList();
  }
}
