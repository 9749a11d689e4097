package io.drex.job.output;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.job.TestJob;
import io.drex.job.output.Compaction.RetryableErrors;
import io.drex.spark.OutputSchema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.mapreduce.JobContext;
import org.apache.hadoop.mapreduce.JobStatus;
import org.apache.hadoop.mapreduce.OutputCommitter;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.parquet.hadoop.ParquetOutputCommitter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {
  private static final String PROTOCOL = "spark.sql.sources.commitProtocolClass";
  private static final String COMMITTER = "spark.sql.parquet.output.committer.class";
  private static final StructType SCHEMA = OutputSchema.with(new StructType());

  @TempDir Path folder;
  private final SparkSession spark = TestJob.spark();
  private Ledger ledger;
  private Compaction compaction;

  @BeforeEach
  void makeOutput() {
    OutputLayout layout = OutputLayout.of(folder.toString(), new Configuration());
    ledger = new Ledger(spark, layout, new StructType());
    compaction = new Compaction(spark, layout, ledger, "f", 1_000);
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
  void aFileHoldsNoMoreRowsThanAsked() throws IOException {
    Row[] rows = IntStream.range(0, 8).mapToObj(i -> success("id" + i, "run1")).toArray(Row[]::new);
    journal("run1", 0, rows);
    OutputLayout layout = OutputLayout.of(folder.toString(), new Configuration());
    new Compaction(spark, layout, ledger, "f", 3).run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).hasSize(8);
    assertThat(folder.resolve("data").toFile().list((dir, name) -> name.endsWith(".parquet")))
        .hasSize(3);
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
  void theUploadsThatADeadRunNotedAreForgotten() throws IOException {
    Path noted = folder.resolve("data/__magic_job-dead/tasks/part-0.parquet.pending");
    Files.createDirectories(noted.getParent());
    Files.writeString(noted, "{}");
    journal("run1", 0, success("a", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a");
    assertThat(folder.resolve("data/__magic_job-dead")).doesNotExist();
  }

  @Test
  void ofTwoCompletionsTheLatestStays() throws IOException {
    journal("run2", 0, success("a", "run2"));
    journal("run1", 0, success("a", "run1"), failure("b", "run1", true));
    journal("run3", 0, failure("a", "run3", true), failure("b", "run3", true));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(column(folder.resolve("data"), "run_id")).containsExactly("run2");
    assertThat(column(folder.resolve("errors"), "run_id")).containsExactly("run3");
  }

  @Test
  void aRetryableErrorLeavesOnceItsRowSucceeds() throws IOException {
    journal("run1", 0, failure("a", "run1", true), failure("b", "run1", true));
    compaction.run(RetryableErrors.KEEP_APART);
    journal("run2", 0, success("a", "run2"), failure("b", "run2", true));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a");
    assertThat(ids(folder.resolve("errors"))).containsExactly("b");
  }

  @Test
  void aCrashBetweenTheTableAndTheErrorsIsMadeGood() throws IOException {
    // The run that made "a" succeed died once the table was written: its old error is still there.
    write(folder.resolve("errors/part-0.parquet"), failure("a", "run1", true));
    write(folder.resolve("data/part-0.parquet"), success("a", "run2"));
    journal("run2", 0, success("a", "run2"), failure("b", "run2", true));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("a");
    assertThat(ids(folder.resolve("errors"))).containsExactly("b");
  }

  @Test
  void manySmallJournalFilesMakeOneSortedFile() throws IOException {
    write(folder.resolve("data/part-0.parquet"), success("z", "run0"));
    for (int shard = 0; shard < 5; shard++) {
      journal("run1", shard, success("d" + shard, "run1"), success("c" + shard, "run1"));
    }
    compaction.run(RetryableErrors.KEEP_APART);

    List<Path> files = new ArrayList<>(parquetFiles(folder.resolve("data")));
    files.remove(folder.resolve("data/part-0.parquet"));
    assertThat(files).hasSize(1);
    List<String> inOrder =
        spark
            .read()
            .parquet(files.get(0).toString())
            .select("id")
            .as(Encoders.STRING())
            .collectAsList();
    assertThat(inOrder).hasSize(10).isSorted();
  }

  @Test
  void rowsOfAnotherFingerprintAreNotMoved() throws IOException {
    // As tasks leave them that outlived their driver, in an output that was overwritten since.
    journal("run1", 0, row("a", "run1", "other", null), success("b", "run1"));
    compaction.run(RetryableErrors.KEEP_APART);

    assertThat(ids(folder.resolve("data"))).containsExactly("b");
  }

  @Test
  void aDriverThatDiesBetweenTasksAndJobShowsNothingAndTheNextRunCommits() throws IOException {
    journal("run1", 0, success("a", "run1"), success("b", "run1"));
    assertThatThrownBy(() -> runWith(DyingCommitter.class)).hasStackTraceContaining("dies here");
    assertThat(folder.resolve("data/_temporary")).as("what its tasks committed").exists();
    assertThat(ids(folder.resolve("data"))).isEmpty();

    compaction.run(RetryableErrors.KEEP_APART);
    assertThat(ids(folder.resolve("data"))).containsExactly("a", "b");
  }

  @Test
  void aCommitThatLosesFilesKeepsTheJournal() throws IOException {
    journal("run1", 0, success("a", "run1"));
    assertThatThrownBy(() -> runWith(LosingCommitter.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("rows of the journal are not in file:" + folder + "/data")
        .hasMessageContaining("the journal is kept");

    compaction.run(RetryableErrors.KEEP_APART);
    assertThat(ids(folder.resolve("data"))).containsExactly("a");
  }

  private void runWith(Class<? extends OutputCommitter> committer) {
    // Where spark-hadoop-cloud is there, Spark takes a protocol that finds committers by itself.
    spark.conf().set(PROTOCOL, SQLHadoopMapReduceCommitProtocol.class.getName());
    spark.conf().set(COMMITTER, committer.getName());
    try {
      compaction.run(RetryableErrors.KEEP_APART);
    } finally {
      spark.conf().unset(COMMITTER);
      spark.conf().unset(PROTOCOL);
    }
  }

  /** The driver dies when all tasks are committed: nobody tidies up. */
  public static final class DyingCommitter extends ParquetOutputCommitter {
    public DyingCommitter(org.apache.hadoop.fs.Path output, TaskAttemptContext context)
        throws IOException {
      super(output, context);
    }

    @Override
    public void commitJob(JobContext context) throws IOException {
      throw new IOException("the driver dies here");
    }

    @Override
    public void abortJob(JobContext context, JobStatus.State state) {}
  }

  /** Another process deletes what tasks wrote, and the commit says nothing of it. */
  public static final class LosingCommitter extends ParquetOutputCommitter {
    public LosingCommitter(org.apache.hadoop.fs.Path output, TaskAttemptContext context)
        throws IOException {
      super(output, context);
    }

    @Override
    public void commitJob(JobContext context) throws IOException {
      abortJob(context, JobStatus.State.FAILED);
    }
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

  private static Row success(String id, String run) {
    return row(id, run, "f", null);
  }

  private static Row failure(String id, String run, boolean retryable) {
    return row(id, run, "f", RowFactory.create("X", "broken", retryable));
  }

  private static Row row(String id, String run, String fingerprint, @Nullable Row error) {
    Object[] values = new Object[SCHEMA.size()];
    values[SCHEMA.fieldIndex("id")] = id;
    values[SCHEMA.fieldIndex("key")] = id.getBytes(StandardCharsets.UTF_8);
    values[SCHEMA.fieldIndex("run_id")] = run;
    values[SCHEMA.fieldIndex("fingerprint")] = fingerprint;
    values[SCHEMA.fieldIndex("attempt")] = 0;
    values[SCHEMA.fieldIndex("error")] = error;
    values[SCHEMA.fieldIndex("completion")] = error == null ? "text" : null;
    return RowFactory.create(values);
  }

  private void journal(String run, int shard, Row... rows) throws IOException {
    write(
        folder.resolve("_drex/journal/" + run + "/shard-" + shard + "-attempt-0-0.parquet"), rows);
  }

  /** Writes rows to one file of this name. */
  private void write(Path file, Row... rows) throws IOException {
    Path written = folder.resolve("written");
    spark
        .createDataFrame(List.of(rows), SCHEMA)
        .coalesce(1)
        .write()
        .mode("overwrite")
        .parquet(written.toString());
    Files.createDirectories(file.getParent());
    Files.move(parquetFiles(written).get(0), file);
  }

  private static List<Path> parquetFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).toList();
    }
  }

  private List<String> ids(Path table) {
    return column(table, "id");
  }

  private List<String> column(Path table, String name) {
    return spark
        .read()
        .schema(ledger.schema())
        .parquet(table.toString())
        .sort(col("id"))
        .collectAsList()
        .stream()
        .map(row -> row.<String>getAs(name))
        .toList();
  }
}
