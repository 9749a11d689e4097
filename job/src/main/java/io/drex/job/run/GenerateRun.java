package io.drex.job.run;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.config.Settings;
import io.drex.job.input.IdCheck;
import io.drex.job.input.InputColumns;
import io.drex.job.input.InputReader;
import io.drex.job.input.PreparedInput;
import io.drex.job.output.Compaction;
import io.drex.job.output.Compaction.RetryableErrors;
import io.drex.job.output.ConfidenceFigures;
import io.drex.job.output.Documents;
import io.drex.job.output.FormerResults;
import io.drex.job.output.Ledger;
import io.drex.job.output.Manifest;
import io.drex.job.output.OutputMode;
import io.drex.job.output.RunCurves;
import io.drex.job.output.RunFigures;
import io.drex.job.output.RunLock;
import io.drex.job.output.StatusFile;
import io.drex.job.output.Summary;
import io.drex.job.output.TableFigures;
import io.drex.job.shard.Prompts;
import io.drex.job.shard.Shards;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.RampSpec;
import io.drex.spark.GenerateSpec;
import io.drex.spark.TaskInput;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.suspect.SuspectFiles;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * One run on a session: input, ledger, one generating action, compaction, documents. Everything
 * that a crash leaves behind is picked up by the next run.
 */
final class GenerateRun {
  private final RunLock lock;
  private final String runId;
  private final Preflight preflight;
  private final DrexConfig config;
  private final SparkSession spark;
  private final StatusFile status;
  private final RunStop stop;
  private final Fingerprint fingerprint;
  private final long startNanos = System.nanoTime();

  GenerateRun(
      RunLock lock, Preflight preflight, SparkSession spark, StatusFile status, RunStop stop) {
    this.lock = lock;
    this.runId = lock.runId();
    this.preflight = preflight;
    this.config = preflight.config();
    this.spark = spark;
    this.status = status;
    this.stop = stop;
    this.fingerprint = preflight.fingerprint();
  }

  /**
   * What a run that came to its end tells.
   *
   * @param errorRate share of error rows in table and errors
   * @param summary lines for the user
   */
  record Outcome(double errorRate, List<String> summary) {}

  /**
   * Runs to the end; a run whose lock is taken over ends soon after, whatever it is at.
   *
   * @throws JobException INPUT, ENGINE, GATE_FAILED, STOPPED or FAILURE
   */
  Outcome run() {
    SparkContext context = spark.sparkContext();
    context.setJobGroup(runId, "drex generate", true);
    lock.whenLost(
        () -> {
          status.silence();
          context.cancelJobGroupAndFutureJobs(runId, "the run's lock was taken over");
        });
    try {
      return work();
    } finally {
      context.clearJobGroup();
    }
  }

  private Outcome work() {
    begin("checking the input");
    Dataset<Row> input = InputReader.open(spark, config);
    InputColumns columns =
        InputColumns.find(
            input.schema(),
            preflight.template().columns(),
            config.value(ConfigKeys.ID_COL),
            config.value(ConfigKeys.OPTION_COLS),
            config.value(ConfigKeys.KEEP));
    Dataset<Row> withIds = PreparedInput.withIds(input, columns);
    long inputRows = IdCheck.countRows(withIds, columns.id());
    prepareOutput(columns);

    Ledger ledger = new Ledger(spark, preflight.layout(), columns.keep());
    Compaction compaction =
        new Compaction(
            spark,
            preflight.layout(),
            ledger,
            fingerprint.hash(),
            config.value(ConfigKeys.ROWS_PER_FILE));
    begin("compacting what earlier runs left");
    compaction.run(RetryableErrors.KEEP_APART);

    Dataset<Row> keyed = PreparedInput.withKeys(withIds, columns, fingerprint.hash());
    Dataset<Row> asked = limited(keyed);
    long askedRows = Math.min(inputRows, limit());
    Dataset<Row> pending = ledger.pending(asked, TaskInput.KEY);
    Generation generation = new Generation(spark, config, status, stop);
    Shards shards = Shards.of(pending, config, prompts(columns), generation.waves());
    long pendingRows = shards.rows();
    Documents documents = new Documents(spark, preflight.layout());
    Generation.Generated generated = Generation.Generated.NOTHING;
    if (pendingRows > 0) {
      lock.requireHeld();
      documents.withdrawManifest();
      generated = generation.run(spec(columns), pending, shards);
    }
    begin("compacting");
    compaction.run(
        config.value(ConfigKeys.FINAL) ? RetryableErrors.MAKE_FINAL : RetryableErrors.KEEP_APART);
    if (generated.rows() < pendingRows) {
      throw stopped(generated.rows(), pendingRows, ledger);
    }
    begin("writing the report");
    compaction.makeTable();
    List<Integer> depths = exitDepths();
    TableFigures table =
        ledger
            .data()
            .map(data -> TableFigures.of(data, depths.size()))
            .orElseGet(TableFigures::none);
    RunFigures figures =
        new RunFigures(
            new RunFigures.Rows(askedRows, pendingRows, generated.copies()),
            table,
            ledger.errors().map(TableFigures::errors).orElseGet(TreeMap::new),
            documents.engines(runId),
            new RunFigures.Generating(generated.tokens(), generated.seconds()),
            (System.nanoTime() - startNanos) / 1e9);
    RunCurves curves =
        new RunCurves(
            generated.speeds(),
            table.rowsWithTokenStats() == 0
                ? List.of()
                : ledger.data().map(ConfidenceFigures::of).orElseGet(List::of));
    List<String> summary = Summary.lines(preflight.layout(), figures, depths, preflight.labels());
    lock.requireHeld();
    settleSuspects();
    documents.write(runId, figures, curves, depths, summary, manifest(figures, depths));
    return new Outcome(figures.errorRate(), summary);
  }

  /** Nothing is written by a run whose lock is another's. */
  private void begin(String phase) {
    lock.requireHeld();
    status.running(phase);
  }

  /** Old results go only now that the input is known to be good. */
  private void prepareOutput(InputColumns columns) {
    begin("preparing the output");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    FormerResults former = new FormerResults(preflight.layout(), hadoop);
    if (former.areToGo(OutputMode.of(config))) {
      former.remove(runId);
    }
    KnownResults.keep(fingerprint, columns.keep(), preflight.layout(), hadoop);
  }

  /** All rows that are to have a result have one. */
  private void settleSuspects() {
    SuspectFiles files =
        SuspectFiles.beside(
            preflight.layout().journal(), spark.sparkContext().hadoopConfiguration());
    try {
      files.settle();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete what is known of suspect rows", e);
    }
  }

  private JobException stopped(long rows, long pendingRows, Ledger ledger) {
    String count = rows + " of " + pendingRows + " rows";
    RunStop.Reason reason = stop.reason().orElse(null);
    if (reason == null) {
      return new JobException(
          ExitCode.FAILURE,
          "the input changed while it was read: tasks found " + count + "; run the command again");
    }
    boolean failed = reason == RunStop.Reason.ERRORS;
    return new JobException(
        failed ? ExitCode.GATE_FAILED : ExitCode.STOPPED,
        "stopped because "
            + reason.text()
            + (failed ? errorsByCode(ledger) : "")
            + ": this run finished "
            + count
            + "; they are kept, and the same command computes the rest");
  }

  /** Of the table and of what is apart from it. */
  private static String errorsByCode(Ledger ledger) {
    SortedMap<String, Long> errors = new TreeMap<>();
    for (Optional<Dataset<Row>> rows : List.of(ledger.data(), ledger.errors())) {
      rows.map(TableFigures::errors)
          .ifPresent(byCode -> byCode.forEach((code, n) -> errors.merge(code, n, Long::sum)));
    }
    return errors.isEmpty() ? "" : " " + errors;
  }

  private GenerateSpec spec(InputColumns columns) {
    return new GenerateSpec(
        runId,
        fingerprint.hash(),
        config.entries(),
        preflight.templateText(),
        columns.template(),
        columns.keep(),
        preflight.layout().journal().toString(),
        preflight.model().loaded().contentHash(),
        preflight.implementation(),
        // Where tasks run in this process, a row may have ended it.
        status.foundRunning() && spark.sparkContext().isLocal());
  }

  private Prompts prompts(InputColumns columns) {
    return new Prompts(
        preflight.templateText(), columns.template(), Tokenizer.open(preflight.model().folder()));
  }

  private long limit() {
    int limit = config.value(ConfigKeys.LIMIT);
    return limit == 0 ? Long.MAX_VALUE : limit;
  }

  /**
   * The rows with the least keys, so that the same rows are taken again, and more by a higher
   * limit.
   */
  private Dataset<Row> limited(Dataset<Row> keyed) {
    if (limit() == Long.MAX_VALUE) {
      return keyed;
    }
    Dataset<Row> least =
        keyed.select(col(TaskInput.KEY).as("_drex_least")).sort("_drex_least").limit((int) limit());
    return keyed.join(
        least, keyed.col(TaskInput.KEY).equalTo(least.col("_drex_least")), "left_semi");
  }

  private List<Integer> exitDepths() {
    List<Integer> depths =
        new ArrayList<>(preflight.activeRamps().stream().map(RampSpec::depth).toList());
    depths.add(preflight.model().loaded().spec().layers());
    return depths;
  }

  private Manifest manifest(RunFigures figures, List<Integer> depths) {
    ObjectNode cluster = JsonFile.mapper().createObjectNode();
    cluster.put("spark", spark.version());
    cluster.put("java", Runtime.version().toString());
    cluster.put("master", spark.sparkContext().master());
    cluster.put("applicationId", spark.sparkContext().applicationId());
    cluster.put("cores", spark.sparkContext().defaultParallelism());
    return new Manifest(runId, fingerprint.json(), preflight.labels(), figures, depths)
        .with("cluster", cluster)
        .with("config", Settings.json(config));
  }
}
