package io.drex.spark;

import io.drex.arrow.RowOutcome;
import io.drex.engine.Completion;
import io.drex.engine.EngineException;
import io.drex.engine.ErrorCode;
import io.drex.engine.RowError;
import io.drex.spark.suspect.Suspects;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/**
 * Moves a task's rows through the engine: keeps a bounded window of requests in flight and finishes
 * rows in the order in which they complete. Rows that were in flight when the engine was lost run
 * after all others, each alone in the engine; the one with which it is lost again gets the error
 * ENGINE_FAULT. The task's thread only.
 */
final class TaskRun {
  /** How long a kill or a due publication may go unnoticed. */
  private static final long WAIT_MILLIS = 50;

  /** So many engines one after the other complete nothing where the device is to blame, no row. */
  private static final int MAX_LOSSES_IN_A_ROW = 8;

  private final TaskContext context;
  private final TaskEngine engine;
  private final CompletionText text;
  private final PromptFeed feed;
  private final FinishedRows finished;
  private final Pace pace;
  private final Suspects suspects;
  private final WriteAhead ahead;
  private final Map<Long, PromptFeed.Taken> inFlight = new HashMap<>(); // by request id
  private final List<PromptFeed.Taken> lost = new ArrayList<>(); // in flight with a lost engine
  private int lossesInARow;

  TaskRun(TaskContext context, TaskEngine engine, Rows rows, Pace pace) {
    this.context = context;
    this.engine = engine;
    text = rows.text();
    feed = rows.feed();
    finished = rows.finished();
    suspects = rows.suspects();
    ahead = rows.ahead();
    this.pace = pace;
  }

  /** Where a task's rows come from and go to. */
  record Rows(
      PromptFeed feed,
      CompletionText text,
      FinishedRows finished,
      Suspects suspects,
      WriteAhead ahead) {}

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
   * @throws EngineException if the engine was lost and is not replaced here, or was lost too often
   */
  void run() throws IOException, InterruptedException {
    try {
      while (!isDone()) {
        step();
        look();
      }
      runAside();
    } catch (InterruptedException e) {
      context.killTaskIfInterrupted(); // Spark's own word for it, if it was Spark
      throw e;
    }
    finished.publish();
    if (!pace.stop().isMade()) {
      suspects.shardIsDone();
    }
  }

  private void look() throws IOException {
    finished.publishIfDue();
    context.killTaskIfInterrupted();
  }

  private boolean isDone() {
    if (pace.stop().isMade()) {
      return inFlight.isEmpty() || pace.stop().isOverdue();
    }
    return !feed.hasUnreadRows() && feed.isDrained() && inFlight.isEmpty();
  }

  private void step() throws IOException, InterruptedException {
    if (!engine.turn().share(WAIT_MILLIS)) {
      return;
    }
    try {
      if (pace.stop().isMade() || engine.turn().isInTheWay()) {
        makeWay();
      } else {
        submitAndReceive();
      }
    } catch (EngineException e) { // of a submit; what was in flight is told one by one
      recover(String.valueOf(e.getMessage()));
    }
    if (!lost.isEmpty()) {
      recover("the engine was lost");
    }
  }

  /** Finishes what is in flight and takes on nothing. */
  private void makeWay() throws IOException, InterruptedException {
    receive(WAIT_MILLIS);
    if (inFlight.isEmpty()) {
      engine.turn().leave();
    }
  }

  private void submitAndReceive() throws IOException, InterruptedException {
    if (canReadOn()) {
      feed.refill(finished);
    }
    submit();
    receive(canReadOn() || inFlight.isEmpty() ? 0 : WAIT_MILLIS);
  }

  /** Submits until the batch is drained, the window is full, or the engine has no room. */
  private void submit() throws InterruptedException {
    while (!feed.isDrained() && !isWindowFull()) {
      PromptFeed.Taken row = feed.peek();
      if (!engine.session().submit(row.request(), WAIT_MILLIS)) {
        return;
      }
      inFlight.put(row.request().id(), row);
      feed.take();
    }
  }

  private boolean isWindowFull() {
    return inFlight.size() >= pace.windowRows();
  }

  /**
   * Rows that wait for those in flight are held in memory too; rows aside do not hold others up.
   */
  private boolean canReadOn() {
    int held = inFlight.isEmpty() ? 0 : inFlight.size() + finished.waitingCopies();
    return feed.isDrained() && feed.hasUnreadRows() && held < pace.windowRows();
  }

  private void receive(long waitMillis) throws IOException, InterruptedException {
    Completion completion = engine.session().poll(waitMillis);
    while (completion != null) {
      PromptFeed.Taken row = Objects.requireNonNull(inFlight.remove(completion.id()));
      if (isEngineFault(completion.error())) {
        lost.add(row);
      } else {
        finish(row, completion);
      }
      completion = engine.session().poll(0);
    }
  }

  private static boolean isEngineFault(@Nullable RowError error) {
    return error != null && error.code() == ErrorCode.ENGINE_FAULT;
  }

  private void finish(PromptFeed.Taken row, Completion completion) throws IOException {
    lossesInARow = 0;
    finished.add(outcome(row, completion), row.input());
    ahead.finished(row.key());
  }

  private RowOutcome outcome(PromptFeed.Taken row, Completion completion) {
    RowError error = completion.error();
    return error == null
        ? new RowOutcome.Completed(
            row.id(), row.key(), row.promptSha256(), completion, text.of(completion))
        : row.failed(error);
  }

  /** Sets the rows aside that were in flight, and goes on with a new engine where that is here. */
  private void recover(String message) throws IOException, InterruptedException {
    while (!inFlight.isEmpty()) { // each has its completion, or will have
      receive(WAIT_MILLIS);
      context.killTaskIfInterrupted();
    }
    if (!lost.isEmpty() && engine.engine().isLost()) {
      suspects.inFlight(lost.stream().map(PromptFeed.Taken::key).toList());
    }
    feed.aside().addAll(lost);
    lost.clear();
    replaceEngine(message);
  }

  private void replaceEngine(String message) throws IOException, InterruptedException {
    finished.publish(); // the files' footers tell of the engine that made their rows
    boolean isLost = engine.engine().isLost(); // else closed, as the executor ends
    if (!isLost || !engine.isReplaceable()) {
      throw new EngineException(message);
    }
    if (++lossesInARow >= MAX_LOSSES_IN_A_ROW) {
      throw new EngineException(
          message
              + "; "
              + lossesInARow
              + " engines in a row completed no row, so the device is to blame: see the log");
    }
    engine.replace();
  }

  private void runAside() throws IOException, InterruptedException {
    while (!feed.aside().isEmpty() && !pace.stop().isMade()) {
      if (engine.turn().alone(WAIT_MILLIS)) {
        if (engine.engine().isLost()) { // by another task, before this one was alone
          replaceEngine("the engine was lost");
        } else {
          runAlone(feed.aside().element());
        }
      }
      look();
    }
    engine.turn().leave();
  }

  private void runAlone(PromptFeed.Taken row) throws IOException, InterruptedException {
    try (Suspects.Trial trial = suspects.trial(row.key())) {
      Completion completion = completion(row);
      if (completion == null) {
        return;
      }
      if (!isEngineFault(completion.error())) {
        finish(row, completion);
        trial.clear();
        feed.aside().remove();
        return;
      }
      if (engine.engine().isLost()) {
        finished.add(row.failed(PromptFeed.engineFault()), row.input());
        ahead.finished(row.key());
        trial.convict();
        feed.aside().remove();
      }
    }
    replaceEngine("the engine was lost while a row ran alone in it");
  }

  /** Null if the run is to stop and gives the row up. */
  private @Nullable Completion completion(PromptFeed.Taken row)
      throws IOException, InterruptedException {
    while (!engine.session().submit(row.request(), WAIT_MILLIS)) {
      look();
    }
    while (!pace.stop().isOverdue()) {
      Completion completion = engine.session().poll(WAIT_MILLIS);
      if (completion != null) {
        return completion;
      }
      look();
    }
    return null;
  }
}
