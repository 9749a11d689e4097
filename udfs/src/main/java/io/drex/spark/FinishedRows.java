package io.drex.spark;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.ExitFigures;
import io.drex.arrow.RowOutcome;
import io.drex.spark.journal.JournalWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.apache.spark.sql.Row;

/**
 * Finished rows on their way to the journal, batch by batch, and their counts. A row's outcome is
 * also that of its copies. One thread.
 */
final class FinishedRows {
  private static final int BATCH_ROWS = 64;

  /** Limits a batch's memory where completions are long. */
  private static final int BATCH_TOKENS = 1 << 18;

  private final CompletionBatch batch;
  private final JournalWriter journal;
  private final ProgressCounters progress;
  private final int layers;
  private final List<Row> inputs = new ArrayList<>(BATCH_ROWS); // of the batch's rows
  private final long intervalNanos;
  private final LongSupplier nanoClock;
  private boolean unpublished; // whether finished rows wait, in batch or journal
  private long oldestNanos; // when the oldest of them was finished
  private long rows;
  private long errors;
  private long tokens;
  private final EqualPrompts equal = new EqualPrompts();
  private long copies;

  /**
   * No rows yet.
   *
   * @param interval the longest that a finished row may stay unpublished
   * @param nanoClock monotonic, {@link System#nanoTime}
   */
  FinishedRows(
      CompletionBatch batch,
      JournalWriter journal,
      Measures measures,
      Duration interval,
      LongSupplier nanoClock) {
    this.batch = batch;
    this.journal = journal;
    progress = measures.progress();
    layers = measures.layers();
    intervalNanos = interval.toNanos();
    this.nanoClock = nanoClock;
  }

  /**
   * What rows are counted by.
   *
   * @param layers the model's decoder layers
   */
  record Measures(ProgressCounters progress, int layers) {}

  /**
   * Takes a row over that asks what a row before it asked, which is then not to be run.
   *
   * @return false if it is to be run
   */
  boolean takesCopy(PromptReader.Reading.Tokens prompt, Row input) throws IOException {
    if (!equal.isCopy(prompt)) {
      equal.first(prompt);
      return false;
    }
    EqualPrompts.Copy copy = new EqualPrompts.Copy(prompt.id(), prompt.key(), input);
    RowOutcome outcome = equal.add(copy);
    if (outcome != null) {
      addCopy(outcome, input);
    }
    return true;
  }

  /** Copies whose outcome is not known yet. */
  int waitingCopies() {
    return equal.waiting();
  }

  void add(RowOutcome outcome, Row input) throws IOException {
    countTokens(outcome);
    append(outcome, input);
    for (EqualPrompts.Copy copy : equal.finished(outcome)) {
      addCopy(copy.of(outcome), copy.input());
    }
  }

  private void addCopy(RowOutcome outcome, Row input) throws IOException {
    copies++;
    append(outcome, input);
  }

  private void append(RowOutcome outcome, Row input) throws IOException {
    if (!unpublished) {
      unpublished = true;
      oldestNanos = nanoClock.getAsLong();
    }
    batch.append(outcome);
    inputs.add(input);
    countRow(outcome);
    if (batch.rows() >= BATCH_ROWS || batch.tokens() >= BATCH_TOKENS) {
      write();
    }
  }

  /** Publishes what is finished once the oldest row has waited for the interval. */
  void publishIfDue() throws IOException {
    if (unpublished && nanoClock.getAsLong() - oldestNanos >= intervalNanos) {
      publish();
    }
  }

  /** Publishes what is finished. */
  void publish() throws IOException {
    write();
    journal.publish();
    unpublished = false;
  }

  /**
   * The task's report.
   *
   * @param earlier rows that earlier attempts have published
   */
  TaskReport report(TaskPlace place, long earlier) {
    return place.report(
        new TaskReport.Counts(earlier + rows, copies, errors, tokens), journal.published());
  }

  private void write() throws IOException {
    journal.write(batch, inputs);
    batch.clear();
    inputs.clear();
  }

  private void countRow(RowOutcome outcome) {
    rows++;
    progress.rows().add(1);
    if (outcome instanceof RowOutcome.Failed) {
      errors++;
      progress.errors().add(1);
    }
  }

  private void countTokens(RowOutcome outcome) {
    if (outcome instanceof RowOutcome.Completed completed) {
      int generated = completed.completion().tokens().length;
      tokens += generated;
      progress.promptTokens().add(completed.completion().promptTokens());
      progress.tokens().add(generated);
      progress.depthSum().add(ExitFigures.of(completed.completion(), layers).depthSum());
    }
  }
}
