package io.drex.job.calibrate;

import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineException;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.FinishReason;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.job.calibrate.Sample.SampleRow;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import java.util.Arrays;
import java.util.List;

/**
 * What the engine made of a sample, as a job would have: every token after an exit was decoded with
 * the cache that the exit left.
 *
 * @param completions by row
 */
record FreeRun(List<Completion> completions) {
  private static final long POLL_MILLIS = 1000;

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
    try (DrexEngine engine = DrexEngine.open(model, options.withMeasureMillis(0));
        EngineSession session = engine.openSession("calibrate")) {
      FreeRun run = new FreeRun(complete(session, rows, new SamplingParams(maxNewTokens)));
      EngineException lost = engine.lost();
      if (lost != null) {
        throw lost;
      }
      return run;
    } catch (EngineException e) {
      throw new JobException(ExitCode.ENGINE, String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException(ExitCode.STOPPED, "interrupted; no ramp file was written", e);
    }
  }

  private static List<Completion> complete(
      EngineSession session, List<SampleRow> rows, SamplingParams sampling)
      throws InterruptedException {
    Completion[] completions = new Completion[rows.size()];
    int submitted = 0;
    for (int finished = 0; finished < completions.length; ) {
      while (submitted < completions.length
          && session.submit(new Request(submitted, rows.get(submitted).prompt(), sampling), 0)) {
        submitted++;
      }
      Completion completion = session.poll(POLL_MILLIS);
      if (completion != null) {
        completions[Math.toIntExact(completion.id())] = completion;
        finished++;
      }
    }
    return Arrays.asList(completions);
  }

  /** Whether the row has a completion. */
  boolean completed(int row) {
    return completions.get(row).finishReason() != FinishReason.ERROR;
  }
}
