package io.drex.job.engine;

import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineException;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.EngineSnapshot;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.LoadedModel;
import java.util.Arrays;
import java.util.List;

/** An engine in this process that completes lists of prompts. Single thread. */
public final class LocalEngine implements AutoCloseable {
  private static final long POLL_MILLIS = 1000;

  private final DrexEngine engine;

  private LocalEngine(DrexEngine engine) {
    this.engine = engine;
  }

  /**
   * Opens an engine.
   *
   * @throws JobException ENGINE if it cannot start; USAGE if the options are wrong
   */
  public static LocalEngine open(LoadedModel model, EngineOptions options) {
    try {
      return new LocalEngine(DrexEngine.open(model, options));
    } catch (EngineException e) {
      throw new JobException(ExitCode.ENGINE, String.valueOf(e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new JobException(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Completes prompts, as many at once as the engine has slots.
   *
   * @return by prompt
   * @throws JobException ENGINE if the engine is lost; STOPPED if the thread is interrupted
   */
  public List<Completion> complete(List<int[]> prompts, SamplingParams sampling) {
    try (EngineSession session = engine.openSession("local")) {
      List<Completion> completions = complete(session, prompts, sampling);
      EngineException lost = engine.lost();
      if (lost != null) {
        throw lost;
      }
      return completions;
    } catch (EngineException e) {
      throw new JobException(ExitCode.ENGINE, String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException(ExitCode.STOPPED, "interrupted while completing prompts", e);
    }
  }

  private static List<Completion> complete(
      EngineSession session, List<int[]> prompts, SamplingParams sampling)
      throws InterruptedException {
    Completion[] completions = new Completion[prompts.size()];
    int submitted = 0;
    for (int finished = 0; finished < completions.length; ) {
      while (submitted < completions.length
          && session.submit(new Request(submitted, prompts.get(submitted), sampling), 0)) {
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

  /** Layers run by the tokens that completions count by ramp; the last is the full depth. */
  public int[] exitDepths() {
    return engine.exitDepths();
  }

  /** Counters since it was opened, up to the last step that ended before now. */
  public EngineSnapshot snapshot() {
    return engine.snapshot();
  }

  @Override
  public void close() {
    engine.close();
  }
}
