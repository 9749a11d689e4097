package io.drex.spark;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.PromptBatch;
import io.drex.arrow.TokenStats;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.ExecutorHost;
import io.drex.spark.engine.OpenEngine;
import io.drex.spark.journal.EngineReading;
import io.drex.spark.journal.JournalFiles;
import io.drex.spark.journal.JournalShard;
import io.drex.spark.journal.JournalTable;
import io.drex.spark.journal.JournalWriter;
import io.drex.spark.journal.PublishedKeys;
import io.drex.spark.suspect.SuspectFiles;
import io.drex.spark.suspect.Suspects;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Generates the completions of one shard: rows with {@link TaskInput}'s columns in their order,
 * journal files out, and one report. All tasks of an executor share its engine.
 *
 * <p>A row that fails is written with its error. The task fails if the engine cannot start, or is
 * lost where the process is to end with it ({@link io.drex.engine.EngineException}), or if it is
 * not the one that the driver fingerprinted; a retry writes equal rows, and runs those alone that
 * were in flight. A shard without rows needs no engine. A {@link StopRequest} ends the task early;
 * the rows that it left are computed by a later run.
 */
public final class GenerateTask implements MapPartitionsFunction<Row, TaskReport> {
  private static final long serialVersionUID = 1;

  /** Arrow memory of one task. */
  private static final long MEMORY_BYTES = 64L << 20;

  /** Most rows that may have to run alone when a process dies, as it cannot tell which ran. */
  private static final int WRITTEN_AHEAD_ROWS = 64;

  private final GenerateSpec spec;
  private final ProgressCounters progress;
  private final Engines engines;

  /** The engines of the process that a task runs in. */
  interface Engines extends Supplier<EngineHolder>, Serializable {}

  public GenerateTask(GenerateSpec spec, ProgressCounters progress) {
    this(spec, progress, EngineHolder::process);
  }

  GenerateTask(GenerateSpec spec, ProgressCounters progress, Engines engines) {
    this.spec = spec;
    this.progress = progress;
    this.engines = engines;
  }

  @Override
  public Iterator<TaskReport> call(Iterator<Row> rows) throws Exception {
    TaskContext context = TaskContext.get();
    TaskPlace place = TaskPlace.of(context);
    DrexConfig config = spec.config();
    ExecutorHost host = ExecutorHost.of(context);
    StopRequest stop = stop(config, host);
    JournalShard shard = shard(place, host);
    RemainingRows remaining = remaining(rows, context, shard);
    if (!remaining.hasNext() || stop.isMade()) {
      TaskReport.Counts counts = new TaskReport.Counts(remaining.skipped(), 0, 0, 0);
      return List.of(place.report(counts, List.of())).iterator();
    }
    Suspects suspects = suspects(place, host);
    EngineHolder holder = engines.get();
    TaskResources resources = TaskResources.of(context);
    TaskEngine engine = resources.add(TaskEngine.open(holder, spec, host, context));
    BufferAllocator memory =
        resources.add(holder.memory().newChildAllocator(place.name(), 0, MEMORY_BYTES));
    FinishedRows finished = finishedRows(engine, place, shard, resources, memory);
    CompletionText text = text(config, engine.engine().tokenizer());
    boolean writesAhead = spec.afterCrash() || isRepeated(context);
    WriteAhead ahead =
        resources.add(writesAhead ? WriteAhead.on(suspects) : WriteAhead.off(suspects));
    PromptFeed feed =
        new PromptFeed(
            remaining,
            PromptReader.of(spec, text, engine.engine().maxPromptTokens()),
            resources.add(new PromptBatch(memory)),
            suspects,
            ahead);
    int windowRows = config.value(ConfigKeys.WINDOW_ROWS);
    new TaskRun(
            context,
            engine,
            new TaskRun.Rows(feed, text, finished, suspects, ahead),
            new TaskRun.Pace(
                writesAhead ? Math.min(windowRows, WRITTEN_AHEAD_ROWS) : windowRows, stop))
        .run();
    return List.of(finished.report(place, remaining.skipped())).iterator();
  }

  private JournalShard shard(TaskPlace place, ExecutorHost host) {
    return new JournalShard(
        host.hadoop(),
        JournalFiles.runFolder(new Path(spec.journalDir()), spec.runId()),
        place.partition(),
        place.taskAttemptId());
  }

  private RemainingRows remaining(Iterator<Row> rows, TaskContext context, JournalShard shard)
      throws IOException {
    return new RemainingRows(
        rows,
        spec.input().fieldIndex(TaskInput.KEY),
        isRepeated(context) ? PublishedKeys.read(shard) : Set.of());
  }

  private Suspects suspects(TaskPlace place, ExecutorHost host) throws IOException {
    return Suspects.read(
        SuspectFiles.beside(new Path(spec.journalDir()), host.hadoop()),
        new Suspects.Attempt(spec.runId(), place.partition(), place.taskAttemptId()));
  }

  /** Whether this shard was tried before in this run; nobody may have told how it ended. */
  private static boolean isRepeated(TaskContext context) {
    return context.attemptNumber() > 0 || context.stageAttemptNumber() > 0;
  }

  private StopRequest stop(DrexConfig config, ExecutorHost host) {
    Duration grace = Duration.ofSeconds(config.value(ConfigKeys.STOP_GRACE_SECONDS));
    return new StopRequest(StopRequest.file(spec), host.hadoop(), grace, System::nanoTime);
  }

  private static CompletionText text(DrexConfig config, Tokenizer tokenizer) {
    return new CompletionText(
        tokenizer, config.optional(ConfigKeys.STOP).map(tokenizer::stopStrings).orElse(null));
  }

  private static TokenStats kept(boolean asked) {
    return asked ? TokenStats.KEPT : TokenStats.OMITTED;
  }

  private FinishedRows finishedRows(
      TaskEngine taskEngine,
      TaskPlace place,
      JournalShard shard,
      TaskResources resources,
      BufferAllocator memory) {
    OpenEngine engine = taskEngine.engine();
    DrexConfig config = spec.config();
    TokenStats stats = kept(config.value(ConfigKeys.TOKEN_STATS));
    TokenStats logProbs = kept(config.value(ConfigKeys.LOG_PROBS));
    TokenStats rampTraces = kept(config.value(ConfigKeys.RECORD_TRACE));
    CompletionBatch batch =
        resources.add(new CompletionBatch(memory, engine.layers(), stats, logProbs, rampTraces));
    JournalWriter journal =
        resources.add(
            JournalWriter.create(
                shard,
                table(engine, place),
                batch,
                () -> Optional.of(reading(taskEngine.engine()))));
    return new FinishedRows(
        batch,
        journal,
        new FinishedRows.Measures(progress, engine.layers()),
        Duration.ofSeconds(config.value(ConfigKeys.JOURNAL_SECONDS)),
        System::nanoTime);
  }

  private JournalTable table(OpenEngine engine, TaskPlace place) {
    Map<String, Object> constants =
        Map.of(
            OutputSchema.RUN_ID, spec.runId(),
            OutputSchema.MODEL, engine.modelLabel(),
            OutputSchema.FINGERPRINT, spec.fingerprint(),
            OutputSchema.ATTEMPT, place.attempt());
    return new JournalTable(OutputSchema.with(spec.keep()), constants, spec.input());
  }

  private static EngineReading reading(OpenEngine engine) {
    return new EngineReading(
        engine.host().executorId(),
        engine.implementation(),
        engine.loadMillis(),
        engine.snapshot());
  }
}
