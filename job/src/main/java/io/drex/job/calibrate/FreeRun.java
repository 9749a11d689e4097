package io.drex.job.calibrate;

import io.drex.engine.Completion;
import io.drex.engine.EngineOptions;
import io.drex.engine.FinishReason;
import io.drex.engine.SamplingParams;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.job.engine.LocalEngine;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import java.util.List;

/**
 * What the engine made of a sample, as a job would have: every token after an exit was decoded with
 * the cache that the exit left.
 *
 * @param completions by row
 */
record FreeRun(List<Completion> completions) {
  FreeRun {
    completions = List.copyOf(completions);
  }

  /**
   * Opens an engine, completes all rows, and closes it.
   *
   * @throws JobException ENGINE if it cannot start or is lost; USAGE if the options are wrong
   */
  static FreeRun of(
      LoadedModel model, EngineOptions options, List<SampleRow> rows, int maxNewTokens) {
    // An engine that serves one candidate is gone before measuring its device has paid.
    try (LocalEngine engine = LocalEngine.open(model, options.withMeasureMillis(0))) {
      List<int[]> prompts = rows.stream().map(SampleRow::prompt).toList();
      return new FreeRun(engine.complete(prompts, new SamplingParams(maxNewTokens)));
    }
  }

  /** Whether the row has a completion. */
  boolean completed(int row) {
    return completions.get(row).finishReason() != FinishReason.ERROR;
  }
}
