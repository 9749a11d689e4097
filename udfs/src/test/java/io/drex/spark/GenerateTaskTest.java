package io.drex.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.engine.Backends;
import io.drex.engine.EngineSnapshot;
import io.drex.model.ModelSpec;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineHolder;
import io.drex.spark.journal.EngineReading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTaskTest {
  private static final SparkSession SPARK = LocalSpark.session();
  private static final StructType TEXTS =
      new StructType().add("id", "string").add("text", "string");

  private static final String CPU = Backends.select("cpu:scalar").implementation();

  private static final CyclicBarrier MEETING = new CyclicBarrier(2);

  @TempDir Path folder;

  @AfterEach
  void allArrowMemoryIsFree() {
    assertThat(EngineHolder.process().memory().getAllocatedMemory()).isZero();
  }

  @Test
  void everyRowIsGeneratedOnceByOneEngineThatMixesTasks() throws IOException {
    TestRun run = new TestRun(folder, "run-1").set("spark.drex.run.windowRows", "32");
    GenerateTask task = new GenerateTask(run.spec(), run.progress);
    List<TaskReport> reports =
        run.run(
            (MapPartitionsFunction<Row, TaskReport>) rows -> task.call(inStep(rows)),
            numbered(600),
            4);

    assertThat(ids(run.output())).hasSize(600).doesNotHaveDuplicates();
    assertThat(run.output().schema()).isEqualTo(OutputSchema.with(new StructType()));
    assertThat(reports).hasSize(4);
    assertThat(reports.stream().map(TaskReport::counts).mapToLong(TaskReport.Counts::rows).sum())
        .isEqualTo(600);
    assertThat(reports.stream().map(TaskReport::counts).mapToLong(TaskReport.Counts::errors).sum())
        .isZero();
    EngineReading engine = run.engine();
    EngineSnapshot counters = engine.snapshot();
    assertThat(counters.submitted()).isEqualTo(600);
    assertThat(counters.mixedSteps()).isPositive();
    assertThat(reports.stream().map(TaskReport::counts).mapToLong(TaskReport.Counts::tokens).sum())
        .isEqualTo(counters.tokens());
    assertThat(run.progress.rows().value()).isEqualTo(600);
    assertThat(run.progress.tokens().value()).isEqualTo(counters.tokens());
    assertThat(engine.executorId()).isEqualTo("driver");
  }

  @Test
  void rowsTellTheirFigures() throws IOException {
    TestRun run = new TestRun(folder, "run-1").set("spark.drex.output.tokenStats", "true");
    ModelSpec spec = run.model().spec();
    double first = spec.ramps().get(0).depth();
    double full = spec.layers();
    run.generate(numbered(40), 2);
    for (Row row : run.output().collectAsList()) {
      int tokens = row.<Integer>getAs("completion_tokens");
      assertThat(row.<String>getAs("run_id")).isEqualTo("run-1");
      assertThat(row.<byte[]>getAs("key")).hasSize(RowKey.BYTES);
      assertThat(row.<String>getAs("finish_reason")).isIn("stop", "length");
      assertThat(row.<Integer>getAs("prompt_tokens")).isPositive();
      assertThat(tokens).isBetween(1, 24);
      assertThat(row.<Double>getAs("mean_exit_depth")).isBetween(first, full);
      assertThat(row.<Row>getAs("exits").<Double>getAs("depth_fraction"))
          .isBetween(first / full, 1.0);
      List<Integer> byRamp = row.<Row>getAs("exits").getList(1);
      assertThat(byRamp.stream().mapToInt(Integer::intValue).sum()).isEqualTo(tokens);
      assertThat(row.getList(row.fieldIndex("token_depths"))).hasSize(tokens);
      assertThat(row.getList(row.fieldIndex("token_confidences"))).hasSize(tokens);
      assertThat(row.<String>getAs("model")).matches("bundled:@[0-9a-f]{12}");
      assertThat(row.<String>getAs("output_sha256")).matches("[0-9a-f]{64}");
    }
  }

  @Test
  void aTaskThatFailsHalfwayIsRetriedToTheSameRows() throws IOException {
    TestRun calm = new TestRun(folder.resolve("calm"), "run-1");
    calm.generate(numbered(300), 2);
    TestRun broken = new TestRun(folder.resolve("broken"), "run-1");
    GenerateTask task = new GenerateTask(broken.spec(), broken.progress);
    broken.run(
        (MapPartitionsFunction<Row, TaskReport>) rows -> task.call(failingOnce(rows, 75)),
        numbered(300),
        2);
    assertThat(hashes(broken.output())).hasSize(300).isEqualTo(hashes(calm.output()));
    assertThat(broken.output().select("attempt").distinct().as(Encoders.INT()).collectAsList())
        .containsExactly(1);
  }

  /** J7: as speculation runs it. */
  @Test
  void aCopyOfATaskWritesEqualRowsToFilesOfItsOwn() throws IOException {
    TestRun run = new TestRun(folder, "run-1");
    run.generate(numbered(6), 1);
    List<org.apache.hadoop.fs.Path> files = run.files();
    run.generate(numbered(6), 1);

    assertThat(run.files()).hasSize(2 * files.size()).containsAll(files);
    Dataset<Row> rows = run.output().select("id", "key", "output_sha256");
    assertThat(rows.count()).isEqualTo(12);
    assertThat(rows.distinct().count()).isEqualTo(6);
  }

  @Test
  void aRetryRunsOnlyWhatNoEarlierAttemptHasPublished() throws IOException {
    TestRun run = new TestRun(folder, "run-1");
    run.generate(numbered(100), 1);
    GenerateTask task = new GenerateTask(run.spec(), run.progress);
    List<TaskReport> reports =
        run.run(
            (MapPartitionsFunction<Row, TaskReport>) rows -> task.call(failingOnce(rows, 0)),
            numbered(300),
            1);

    assertThat(reports.get(0).counts().rows()).as("published in all").isEqualTo(300);
    assertThat(run.output().filter("attempt = 0").count()).isEqualTo(100);
    assertThat(run.output().filter("attempt = 1").count()).isEqualTo(200);
    assertThat(ids(run.output())).hasSize(300).doesNotHaveDuplicates();
    assertThat(run.engine().snapshot().submitted()).isEqualTo(300);
  }

  @Test
  void badPromptsBecomeErrorRows() throws IOException {
    List<Row> rows =
        List.of(
            RowFactory.create("good", "fine"),
            RowFactory.create("null", null),
            RowFactory.create("blank", " \t\n"),
            RowFactory.create("long", "word ".repeat(5000)),
            RowFactory.create("control", "a<|eos|>b"));
    TestRun run = new TestRun(folder, "run-1");
    String longest = Integer.toString(run.model().spec().maxPositions() - 1);
    List<TaskReport> reports = run.generate(SPARK.createDataFrame(rows, TEXTS), 1);
    assertThat(reports.get(0).counts().errors()).isEqualTo(3);
    assertThat(errors(run.output()))
        .containsOnlyKeys("null", "blank", "long")
        .containsEntry("null", "EMPTY_PROMPT false null or blank: column text")
        .containsEntry("blank", "EMPTY_PROMPT false null or blank: column text")
        .hasEntrySatisfying(
            "long",
            error -> assertThat(error).startsWith("PROMPT_TOO_LONG false ").contains(longest));
    assertThat(run.engine().snapshot().submitted()).isEqualTo(2);
  }

  @Test
  void invalidUtf8IsAnErrorRow() throws IOException {
    StructType bytes = new StructType().add("id", "string").add("text", "binary");
    List<Row> rows =
        List.of(
            RowFactory.create("half", new byte[] {'a', (byte) 0xC3}),
            RowFactory.create("surrogate", new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}),
            RowFactory.create("good", "é".getBytes(StandardCharsets.UTF_8)));
    TestRun run = new TestRun(folder, "run-1");
    run.generate(SPARK.createDataFrame(rows, bytes), 1);
    assertThat(errors(run.output())).containsOnlyKeys("half", "surrogate");
    assertThat(errors(run.output()).values())
        .allSatisfy(
            error -> assertThat(error).startsWith("BAD_ENCODING false column text is not valid"));
  }

  @Test
  void aCancelledJobLeavesNothingInFlight() throws IOException {
    TestRun run = new TestRun(folder, "run-1");
    GenerateTask task = new GenerateTask(run.spec(), run.progress);
    Dataset<Row> endless = run.input(numbered(Integer.MAX_VALUE));
    CompletableFuture<Void> job =
        CompletableFuture.runAsync(
            () -> {
              SPARK.sparkContext().setJobGroup("endless", "to be cancelled", false);
              endless.mapPartitions(task, TaskReport.encoder()).collectAsList();
            });
    Await.until("rows come", () -> completed(run.config()) > 200);
    SPARK.sparkContext().cancelJobGroup("endless");
    assertThatThrownBy(job::join).hasMessageContaining("cancelled");
    Await.until("tasks end", () -> EngineHolder.process().memory().getAllocatedMemory() == 0);
    EngineSnapshot counters = EngineHolder.process().opened(run.config()).orElseThrow().snapshot();
    assertThat(counters.completed()).isEqualTo(counters.submitted());
    assertThat(run.files()).isEmpty();
  }

  @Test
  void aStopRequestFinishesTheRowsInFlightAndLeavesTheOthers() throws IOException {
    TestRun run = new TestRun(folder, "run-1");
    GenerateTask task = new GenerateTask(run.spec(), run.progress);
    Dataset<Row> endless = run.input(numbered(Integer.MAX_VALUE));
    CompletableFuture<List<TaskReport>> job =
        CompletableFuture.supplyAsync(
            () -> endless.mapPartitions(task, TaskReport.encoder()).collectAsList());
    Await.until("rows come", () -> completed(run.config()) > 200);
    StopRequest.make(StopRequest.file(run.spec()), new Configuration());

    long rows =
        job.join().stream().map(TaskReport::counts).mapToLong(TaskReport.Counts::rows).sum();
    EngineSnapshot counters = run.engine().snapshot();
    assertThat(counters.completed()).isEqualTo(counters.submitted());
    assertThat(ids(run.output())).hasSize((int) rows).doesNotHaveDuplicates();
    assertThat(rows).isGreaterThan(200).isEqualTo(counters.completed());
  }

  @Test
  void aTaskThatStartsAfterTheStopRequestNeedsNoEngine() throws IOException {
    TestRun run = new TestRun(folder, "run-1");
    StopRequest.make(StopRequest.file(run.spec()), new Configuration());
    List<TaskReport> reports = run.generate(numbered(20), 2);
    assertThat(reports).extracting(report -> report.counts().rows()).containsExactly(0L, 0L);
    assertThat(EngineHolder.process().opened(run.config())).isEmpty();
    assertThat(run.files()).isEmpty();
  }

  private static long completed(DrexConfig config) {
    return EngineHolder.process()
        .opened(config)
        .map(engine -> engine.snapshot().completed())
        .orElse(0L);
  }

  @Test
  void theBundledModelRunsOnTheCpu() throws IOException {
    TestRun run = new TestRun(folder, "run-1").device("cpu:scalar", CPU);
    run.set("spark.drex.sampling.maxNewTokens", "8");
    run.generate(numbered(6), 2);
    TestRun alone = new TestRun(folder.resolve("alone"), "run-1").device("cpu:scalar", CPU);
    alone.set("spark.drex.sampling.maxNewTokens", "8").set("spark.drex.engine.slots", "1");
    alone.generate(numbered(6), 1);
    assertThat(hashes(run.output())).hasSize(6).isEqualTo(hashes(alone.output()));
    assertThat(run.output().filter("length(completion) > 0").count()).isEqualTo(6);
  }

  @Test
  void anotherModelThanTheDriversIsRefused() {
    TestRun run = new TestRun(folder, "run-1").device(TestRun.NOOP, "cuda-9");
    assertThatThrownBy(() -> run.generate(numbered(2), 1))
        .hasMessageContaining("the driver fingerprinted the device implementation cuda-9")
        .hasMessageContaining("but executor driver has sim:noop-1");
  }

  @Test
  void anEngineThatCannotStartFailsTheTaskWithItsReason() {
    TestRun run = new TestRun(folder, "run-1");
    GenerateSpec spec = run.spec();
    run.set("spark.drex.model.model", folder.resolve("absent").toString());
    GenerateSpec broken =
        new GenerateSpec(
            spec.runId(),
            spec.fingerprint(),
            run.config().entries(),
            spec.template(),
            spec.templateColumns(),
            spec.keep(),
            spec.journalDir(),
            spec.modelHash(),
            spec.implementation(),
            false);
    assertThatThrownBy(() -> run.run(new GenerateTask(broken, run.progress), numbered(2), 1))
        .hasMessageContaining("EngineException: the engine of executor driver cannot start")
        .hasMessageContaining("does not exist on host");
  }

  @Test
  void aShardWithoutRowsNeedsNoEngine() throws IOException {
    TestRun run = new TestRun(folder, "run-1").device("cuda", "none");
    List<TaskReport> reports = run.generate(numbered(0), 2);
    assertThat(reports)
        .hasSize(2)
        .allSatisfy(report -> assertThat(report.counts().rows()).isZero());
    assertThat(run.files()).isEmpty();
  }

  /** Rows of the first two tasks, which wait for each other at every tenth of their first rows. */
  private static Iterator<Row> inStep(Iterator<Row> rows) {
    boolean meets = TaskContext.getPartitionId() < 2;
    return new Iterator<>() {
      private int seen;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        if (meets && ++seen <= 100 && seen % 10 == 0) {
          meet();
        }
        return rows.next();
      }
    };
  }

  private static void meet() {
    try {
      MEETING.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("the other task did not come", e);
    }
  }

  private static Iterator<Row> failingOnce(Iterator<Row> rows, int after) {
    boolean fails = TaskContext.get().attemptNumber() == 0;
    return new Iterator<>() {
      private int seen;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        if (fails && ++seen > after) {
          throw new IllegalStateException("injected after " + after + " rows");
        }
        return rows.next();
      }
    };
  }

  private static Dataset<Row> numbered(int rows) {
    return SPARK
        .range(rows)
        .select(
            concat(lit("row-"), col("id")).as("id"),
            concat(lit("The cat number "), col("id"), lit(" sat on a mat.")).as("text"));
  }

  private static List<String> ids(Dataset<Row> output) {
    return output.select("id").as(Encoders.STRING()).collectAsList();
  }

  private static Map<String, String> hashes(Dataset<Row> output) {
    Map<String, String> hashes = new TreeMap<>();
    for (Row row : output.select("id", "output_sha256").collectAsList()) {
      hashes.put(row.getString(0), row.getString(1));
    }
    return hashes;
  }

  /** Error rows: code, retryable and message by id. */
  private static Map<String, String> errors(Dataset<Row> output) {
    Map<String, String> errors = new TreeMap<>();
    for (Row row : output.filter("finish_reason = 'error'").collectAsList()) {
      Row error = row.getAs("error");
      errors.put(
          row.getAs("id"),
          error.getString(0) + " " + error.getBoolean(2) + " " + error.getString(1));
    }
    return errors;
  }
}
