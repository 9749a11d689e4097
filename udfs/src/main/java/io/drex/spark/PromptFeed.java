package io.drex.spark;

import io.drex.arrow.PromptBatch;
import io.drex.arrow.RowOutcome;
import io.drex.engine.ErrorCode;
import io.drex.engine.Request;
import io.drex.engine.RowError;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import io.drex.spark.suspect.Suspects;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * A task's input rows as requests, one Arrow batch of prompts at a time. Rows that are suspected of
 * killing engines are set aside, to run alone; copies of rows before them make no request. One
 * thread.
 */
final class PromptFeed {
  private static final int BATCH_ROWS = 64;

  /** Limits a batch's memory where prompts are long. */
  private static final int BATCH_TOKENS = 1 << 18;

  private final Iterator<Row> rows;
  private final PromptReader reader;
  private final PromptBatch batch;
  private final Suspects suspects;
  private final WriteAhead ahead;
  private final List<Source> sources = new ArrayList<>(BATCH_ROWS); // of the batch's rows
  private final ArrayDeque<Taken> aside = new ArrayDeque<>();
  private @Nullable Taken upcoming; // of the batch's row next, once it was asked for
  private int next; // batch row, in [0, batch.rows()]
  private long requests;

  private record Source(String promptSha256, SamplingParams sampling, Urgency urgency, Row input) {}

  /**
   * A row with its request.
   *
   * @param promptSha256 of the rendered prompt
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Taken(Request request, String id, byte[] key, String promptSha256, Row input) {

    RowOutcome failed(RowError error) {
      return new RowOutcome.Failed(id, key, promptSha256, request.promptTokens().length, error);
    }
  }

  PromptFeed(
      Iterator<Row> rows,
      PromptReader reader,
      PromptBatch batch,
      Suspects suspects,
      WriteAhead ahead) {
    this.rows = rows;
    this.reader = reader;
    this.batch = batch;
    this.suspects = suspects;
    this.ahead = ahead;
  }

  /** Whether there are input rows that no batch has held yet. */
  boolean hasUnreadRows() {
    return rows.hasNext();
  }

  /** Whether all requests of the batch were taken. */
  boolean isDrained() {
    return next == batch.rows();
  }

  /** The rows that are to run alone, in the order in which they were set aside. */
  ArrayDeque<Taken> aside() {
    return aside;
  }

  /**
   * Reads the next batch. Rows without a prompt are finished at once, and so are those that are
   * known to kill engines.
   */
  void refill(FinishedRows finished) throws IOException {
    batch.clear();
    sources.clear();
    next = 0;
    int read = 0;
    while (read < BATCH_ROWS && batch.tokens() < BATCH_TOKENS && rows.hasNext()) {
      Row input = rows.next();
      read++;
      PromptReader.Reading reading = reader.read(input);
      if (reading instanceof PromptReader.Reading.Tokens prompt) {
        sort(prompt, input, finished);
      } else if (reading instanceof PromptReader.Reading.Bad bad) {
        finished.add(bad.outcome(), input);
      }
    }
    ahead.starting(keys());
  }

  private void sort(PromptReader.Reading.Tokens prompt, Row input, FinishedRows finished)
      throws IOException {
    Source source = new Source(prompt.promptSha256(), prompt.sampling(), prompt.urgency(), input);
    switch (suspects.of(prompt.key())) {
      case UNSUSPECTED -> {
        if (finished.takesCopy(prompt, input)) {
          return;
        }
        batch.append(prompt.id(), prompt.key(), prompt.tokens());
        sources.add(source);
      }
      case SUSPECT -> aside.add(taken(prompt.id(), prompt.key(), prompt.tokens(), source));
      case GUILTY -> {
        suspects.convict(prompt.key());
        Taken guilty = taken(prompt.id(), prompt.key(), prompt.tokens(), source);
        finished.add(guilty.failed(engineFault()), input);
      }
    }
  }

  /** The row that comes next, the same until {@link #take}. */
  Taken peek() {
    if (upcoming == null) {
      upcoming =
          taken(batch.id(next), batch.key(next), batch.promptTokens(next), sources.get(next));
    }
    return upcoming;
  }

  /** Moves on behind the row that was next. */
  void take() {
    upcoming = null;
    next++;
  }

  /** What is said of a row that kills engines. */
  static RowError engineFault() {
    return new RowError(
        ErrorCode.ENGINE_FAULT,
        "the engine was lost while the row ran, and again while it ran alone; a later run tries it"
            + " alone once more");
  }

  private Taken taken(String id, byte[] key, int[] tokens, Source source) {
    Request request = new Request(requests++, tokens, source.sampling(), source.urgency());
    return new Taken(request, id, key, source.promptSha256(), source.input());
  }

  private Collection<byte[]> keys() {
    List<byte[]> keys = new ArrayList<>(batch.rows());
    for (int row = 0; row < batch.rows(); row++) {
      keys.add(batch.key(row));
    }
    return keys;
  }
}
