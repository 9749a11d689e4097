package io.drex.spark;

import io.drex.arrow.RowOutcome;
import io.drex.engine.Completion;
import io.drex.engine.EngineException;
import io.drex.engine.EngineSession;
import io.drex.engine.ErrorCode;
import io.drex.engine.Request;
import io.drex.engine.RowError;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Moves a task's rows through the engine: keeps a bounded window of requests in flight and finishes
 * rows in the order in which they complete. The task's thread only.
 */
final class TaskRun {
  /** How long a kill or a due publication may go unnoticed. */
  private static final long WAIT_MILLIS = 50;

  private final TaskContext context;
  private final EngineSession session;
  private final CompletionText text;
  private final PromptFeed feed;
  private final FinishedRows finished;
  private final Pace pace;
  private final Map<Long, PromptFeed.Taken> inFlight = new HashMap<>(); // by request id

  TaskRun(
      TaskContext context,
      EngineSession session,
      CompletionText text,
      PromptFeed feed,
      FinishedRows finished,
      Pace pace) {
    this.context = context;
    this.session = session;
    this.text = text;
    this.feed = feed;
    this.finished = finished;
    this.pace = pace;
  }

  /**
   * How many rows a task takes on.
   *
   * @param windowRows most rows in flight
   * @param stop ends the task before its rows do
   */
  record Pace(int windowRows, StopRequest stop) {}

  /**
   * Works until every row is finished and published, or until the rows in flight are, if the run is
   * to stop.
   *
   * @throws EngineException if the engine was lost
   */
  void run() throws IOException, InterruptedException {
    try {
      while (!isDone()) {
        step();
        finished.publishIfDue();
        context.killTaskIfInterrupted();
      }
    } catch (InterruptedException e) {
      context.killTaskIfInterrupted(); // Spark's own word for it, if it was Spark
      throw e;
    }
    finished.publish();
  }

  private boolean isDone() {
    if (pace.stop().isMade()) {
      return inFlight.isEmpty() || pace.stop().isOverdue();
    }
    return !feed.hasUnreadRows() && feed.isDrained() && inFlight.isEmpty();
  }

  private void step() throws IOException, InterruptedException {
    if (pace.stop().isMade()) {
      receive(WAIT_MILLIS);
      return;
    }
    if (feed.isDrained() && feed.hasUnreadRows()) {
      feed.refill(finished);
    }
    submit();
    boolean canReadOn = feed.isDrained() && feed.hasUnreadRows() && !isWindowFull();
    receive(canReadOn || inFlight.isEmpty() ? 0 : WAIT_MILLIS);
  }

  /** Submits until the batch is drained, the window is full, or the engine has no room. */
  private void submit() throws InterruptedException {
    while (!feed.isDrained() && !isWindowFull()) {
      Request request = feed.peek();
      if (!session.submit(request, WAIT_MILLIS)) {
        return;
      }
      inFlight.put(request.id(), feed.take());
    }
  }

  private boolean isWindowFull() {
    return inFlight.size() >= pace.windowRows();
  }

  private void receive(long waitMillis) throws IOException, InterruptedException {
    Completion completion = session.poll(waitMillis);
    while (completion != null) {
      finish(completion);
      completion = session.poll(0);
    }
  }

  private void finish(Completion completion) throws IOException {
    PromptFeed.Taken row = Objects.requireNonNull(inFlight.remove(completion.id()));
    finished.add(outcome(row, completion, completion.error()), row.input());
  }

  private RowOutcome outcome(
      PromptFeed.Taken row, Completion completion, @Nullable RowError error) {
    if (error == null) {
      return new RowOutcome.Completed(
          row.id(), row.key(), row.promptSha256(), completion, text.of(completion));
    }
    if (error.code() == ErrorCode.ENGINE_FAULT) {
      // The row is not to blame; a retry of the task runs it on a new engine.
      throw new EngineException(error.message());
    }
    return new RowOutcome.Failed(
        row.id(), row.key(), row.promptSha256(), completion.promptTokens(), error);
  }
}
