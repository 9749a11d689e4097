package io.drex.job.output;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.Build;
import io.drex.spark.OutputSchema;
import io.drex.spark.journal.EngineReading;
import java.time.Instant;
import java.util.List;

/** {@code manifest.json}: written last, so that its presence says that the table is complete. */
public final class Manifest {
  private final ObjectNode document = JsonFile.mapper().createObjectNode();

  /**
   * @param fingerprint hash and parts
   * @param labels to be known before figures are compared
   * @param exitDepths depth of each place in the exit figures
   */
  public Manifest(
      String runId,
      ObjectNode fingerprint,
      RunLabels labels,
      RunFigures run,
      List<Integer> exitDepths) {
    document.put("schemaVersion", OutputSchema.VERSION);
    document.put("build", Build.version());
    document.put("runId", runId);
    document.put("writtenAt", Instant.now().toString());
    document.put("schedule_dependent", labels.isScheduleDependent());
    document.put("synthetic", labels.isSynthetic());
    document.set("fingerprint", fingerprint);
    counts(run);
    exits(run.table(), exitDepths);
    tokens(run);
    engines(run.engines());
    document
        .putObject("run")
        .put("inputRows", run.rows().asked())
        .put("computedRows", run.rows().computed())
        .put("copiedRows", run.rows().copied())
        .put("generateSeconds", run.generating().seconds())
        .put("totalSeconds", run.totalSeconds());
  }

  /** Adds what does not change results: where the run took place. */
  public Manifest with(String name, ObjectNode facts) {
    document.set(name, facts);
    return this;
  }

  /** The document. */
  public ObjectNode json() {
    return document;
  }

  private void counts(RunFigures run) {
    TableFigures table = run.table();
    ObjectNode counts = document.putObject("counts");
    counts.put("rows", table.rows());
    counts.put("completions", table.rows() - table.errorRows());
    ObjectNode errors = counts.putObject("errors");
    table.errors().forEach(errors::put);
    ObjectNode retryable = counts.putObject("retryableErrors");
    run.retryable().forEach(retryable::put);
    ObjectNode reasons = counts.putObject("finishReasons");
    table.finishReasons().forEach(reasons::put);
  }

  private void exits(TableFigures table, List<Integer> depths) {
    ObjectNode exits = document.putObject("exits");
    ArrayNode places = exits.putArray("byDepth");
    long all = table.exits().stream().mapToLong(Long::longValue).sum();
    for (int i = 0; i < table.exits().size(); i++) {
      long tokens = table.exits().get(i);
      places
          .addObject()
          .put("depth", depths.get(i))
          .put("tokens", tokens)
          .put("share", all == 0 ? 0 : (double) tokens / all);
    }
    exits.put("earlyFraction", table.earlyFraction());
    exits.put("meanDepth", table.meanDepth());
    exits.put("involuntaryExits", table.involuntaryExits());
    exits.put("involuntaryStays", table.involuntaryStays());
  }

  private void tokens(RunFigures run) {
    ObjectNode tokens = document.putObject("tokens");
    tokens.put("prompt", run.table().promptTokens());
    tokens.put("completion", run.table().completionTokens());
    tokens.put("decodePerSecond", run.decodeTokensPerSecond());
    tokens.put("endToEndPerSecond", run.generating().tokensPerSecond());
    ArrayNode times = document.putArray("totalMillisP50P95P99");
    run.table().totalMillis().forEach(times::add);
  }

  private void engines(List<EngineReading> readings) {
    ArrayNode engines = document.putArray("engines");
    for (EngineReading reading : readings) {
      engines.add(JsonFile.mapper().<ObjectNode>valueToTree(reading));
    }
  }
}
