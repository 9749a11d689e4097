package io.drex.spark;

import io.drex.arrow.CompletionBatch;
import io.drex.arrow.ExitFigures;
import io.drex.arrow.RowOutcome;
import io.drex.spark.journal.JournalWriter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** Finished rows on their way to the journal, batch by batch, and their counts. One thread. */
final class FinishedRows {
  private static final int BATCH_ROWS = 64;

  /** Limits a batch's memory where completions are long. */
  private static final int BATCH_TOKENS = 1 << 18;

  private final CompletionBatch batch;
  private final JournalWriter journal;
  private final ProgressCounters progress;
  private final int layers;
  private final List<Row> inputs = new ArrayList<>(BATCH_ROWS); // of the batch's rows
  private long rows;
  private long errors;
  private long tokens;

  FinishedRows(
      CompletionBatch batch, JournalWriter journal, ProgressCounters progress, int layers) {
    this.batch = batch;
    this.journal = journal;
    this.progress = progress;
    this.layers = layers;
  }

  void add(RowOutcome outcome, Row input) throws IOException {
    batch.append(outcome);
    inputs.add(input);
    count(outcome);
    if (batch.rows() >= BATCH_ROWS || batch.tokens() >= BATCH_TOKENS) {
      write();
    }
  }

  /** Publishes what is finished if the journal's interval is over. */
  void publishIfDue() throws IOException {
    if (journal.isDue()) {
      publish();
    }
  }

  /** Publishes what is finished. */
  void publish() throws IOException {
    write();
    journal.publish();
  }

  TaskReport report(TaskPlace place) {
    return place.report(rows, errors, tokens, journal.published());
  }

  private void write() throws IOException {
    journal.write(batch, inputs);
    batch.clear();
    inputs.clear();
  }

  private void count(RowOutcome outcome) {
    rows++;
    progress.rows().add(1);
    if (outcome instanceof RowOutcome.Completed completed) {
      int generated = completed.completion().tokens().length;
      tokens += generated;
      progress.tokens().add(generated);
      progress.depthSum().add(ExitFigures.of(completed.completion(), layers).depthSum());
    } else {
      errors++;
      progress.errors().add(1);
    }
  }
}
