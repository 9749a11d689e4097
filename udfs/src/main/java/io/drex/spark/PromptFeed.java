package io.drex.spark;

import io.drex.arrow.PromptBatch;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.engine.Urgency;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;

/** A task's input rows as requests, one Arrow batch of prompts at a time. One thread. */
final class PromptFeed {
  private static final int BATCH_ROWS = 64;

  /** Limits a batch's memory where prompts are long. */
  private static final int BATCH_TOKENS = 1 << 18;

  private final Iterator<Row> rows;
  private final PromptReader reader;
  private final PromptBatch batch;
  private final List<Source> sources = new ArrayList<>(BATCH_ROWS); // of the batch's rows
  private int next; // batch row, in [0, batch.rows()]
  private long requests;

  private record Source(String promptSha256, SamplingParams sampling, Urgency urgency, Row input) {}

  /**
   * A row whose request was taken.
   *
   * @param promptSha256 of the rendered prompt
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Taken(String id, byte[] key, String promptSha256, Row input) {}

  PromptFeed(Iterator<Row> rows, PromptReader reader, PromptBatch batch) {
    this.rows = rows;
    this.reader = reader;
    this.batch = batch;
  }

  /** Whether there are input rows that no batch has held yet. */
  boolean hasUnreadRows() {
    return rows.hasNext();
  }

  /** Whether all requests of the batch were taken. */
  boolean isDrained() {
    return next == batch.rows();
  }

  /** Reads the next batch; rows without a prompt are finished at once. */
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
        batch.append(prompt.id(), prompt.key(), prompt.tokens());
        sources.add(new Source(prompt.promptSha256(), prompt.sampling(), prompt.urgency(), input));
      } else if (reading instanceof PromptReader.Reading.Bad bad) {
        finished.add(bad.outcome(), input);
      }
    }
  }

  /** The request that comes next, the same until {@link #take}. */
  Request peek() {
    Source source = sources.get(next);
    return new Request(requests, batch.promptTokens(next), source.sampling(), source.urgency());
  }

  /** Moves on, and gives the row of the request that was next. */
  Taken take() {
    Source source = sources.get(next);
    Taken taken = new Taken(batch.id(next), batch.key(next), source.promptSha256(), source.input());
    next++;
    requests++;
    return taken;
  }
}
