package io.drex.spark;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.PromptBatch;
import io.drex.arrow.TokenStats;
import io.drex.engine.EngineException;
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
import io.drex.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * Generates the completions of one shard: rows with {@link TaskInput}'s columns in their order,
 * journal files out, and one report. All tasks of an executor share its engine.
 *
 * <p>A row that fails is written with its error. The task fails if the engine cannot start or is
 * lost ({@link EngineException}), or if it is not the one that the driver fingerprinted; a retry
 * writes equal rows. A shard without rows needs no engine. A {@link StopRequest} ends the task
 * early; the rows that it left are computed by a later run.
 */
public final class GenerateTask implements MapPartitionsFunction<Row, TaskReport> {
  private static final long serialVersionUID = 1;

  /** How long a kill may go unnoticed. */
  private static final long WAIT_MILLIS = 100;

  /** Arrow memory of one task. */
  private static final long MEMORY_BYTES = 64L << 20;

  private final GenerateSpec spec;
  private final ProgressCounters progress;

  public GenerateTask(GenerateSpec spec, ProgressCounters progress) {
    this.spec = spec;
    this.progress = progress;
  }

  @Override
  public Iterator<TaskReport> call(Iterator<Row> rows) throws Exception {
    TaskContext context = TaskContext.get();
    TaskPlace place = TaskPlace.of(context);
    DrexConfig config = spec.config();
    ExecutorHost host = ExecutorHost.current();
    StopRequest stop = stop(config, host);
    if (!rows.hasNext() || stop.isMade()) {
      return List.of(place.report(0, 0, 0, List.of())).iterator();
    }
    EngineHolder holder = EngineHolder.process();
    OpenEngine engine = await(holder.open(config, host), context);
    engine.requireFingerprinted(spec.modelHash(), spec.implementation());

    TaskResources resources = TaskResources.of(context);
    BufferAllocator memory =
        resources.add(holder.memory().newChildAllocator(place.name(), 0, MEMORY_BYTES));
    FinishedRows finished = finishedRows(config, engine, place, resources, memory);
    CompletionText text = text(config, engine.tokenizer());
    PromptFeed feed =
        new PromptFeed(
            rows,
            PromptReader.of(spec, text, engine.maxPromptTokens()),
            resources.add(new PromptBatch(memory)));
    new TaskRun(
            context,
            resources.add(engine.openSession(place.name())),
            text,
            feed,
            finished,
            new TaskRun.Pace(config.value(ConfigKeys.WINDOW_ROWS), stop))
        .run();
    return List.of(finished.report(place)).iterator();
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
      DrexConfig config,
      OpenEngine engine,
      TaskPlace place,
      TaskResources resources,
      BufferAllocator memory) {
    TokenStats stats = kept(config.value(ConfigKeys.TOKEN_STATS));
    TokenStats logProbs = kept(config.value(ConfigKeys.LOG_PROBS));
    TokenStats rampTraces = kept(config.value(ConfigKeys.RECORD_TRACE));
    CompletionBatch batch =
        resources.add(new CompletionBatch(memory, engine.layers(), stats, logProbs, rampTraces));
    JournalShard shard =
        new JournalShard(
            engine.host().hadoop(),
            JournalFiles.runFolder(new Path(spec.journalDir()), spec.runId()),
            place.partition(),
            place.taskAttemptId());
    JournalWriter journal =
        resources.add(
            JournalWriter.create(
                shard, table(engine, place), batch, () -> Optional.of(reading(engine))));
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

  private static OpenEngine await(CompletableFuture<OpenEngine> opening, TaskContext context)
      throws InterruptedException {
    while (true) {
      try {
        return opening.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        context.killTaskIfInterrupted();
      } catch (InterruptedException e) {
        context.killTaskIfInterrupted(); // Spark's own word for it, if it was Spark
        throw e;
      } catch (ExecutionException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        throw new EngineException(String.valueOf(cause.getMessage()), cause);
      }
    }
  }
}
