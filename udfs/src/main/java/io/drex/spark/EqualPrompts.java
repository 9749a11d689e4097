package io.drex.spark;

import io.drex.arrow.RowOutcome;
import io.drex.engine.SamplingParams;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Rows that ask what the row before them asked, greedily and with equal options: they are not run,
 * but get that row's outcome. Shards hold such rows next to each other, so the last one is all that
 * is remembered. The task's thread only.
 */
final class EqualPrompts {
  private @Nullable First first; // the newest row that is no copy
  private final Map<ByteBuffer, First> running = new HashMap<>(); // by key
  private int waiting;

  /** A row that waits for another's outcome. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Copy(String id, byte[] key, Row input) {

    /** The other row's outcome as this one's. */
    RowOutcome of(RowOutcome outcome) {
      if (outcome instanceof RowOutcome.Completed done) {
        return new RowOutcome.Completed(
            id, key, done.promptSha256(), done.completion(), done.text());
      }
      RowOutcome.Failed failed = (RowOutcome.Failed) outcome;
      return new RowOutcome.Failed(
          id, key, failed.promptSha256(), failed.promptTokens(), failed.error());
    }
  }

  /** A row that is run, and what is known of it. */
  private static final class First {
    private final String promptSha256;
    private final int[] tokens;
    private final SamplingParams sampling;
    private final List<Copy> copies = new ArrayList<>();
    private @Nullable RowOutcome outcome; // null until it is known

    First(PromptReader.Reading.Tokens prompt) {
      promptSha256 = prompt.promptSha256();
      tokens = prompt.tokens();
      sampling = prompt.sampling();
    }

    boolean asks(PromptReader.Reading.Tokens prompt) {
      // Equal text may have its control tokens elsewhere, so that the hash alone does not tell.
      return promptSha256.equals(prompt.promptSha256())
          && Arrays.equals(tokens, prompt.tokens())
          && sampling.equals(prompt.sampling());
    }
  }

  /** Whether a row asks what the last {@link #first} asked. */
  boolean isCopy(PromptReader.Reading.Tokens prompt) {
    return first != null && first.asks(prompt);
  }

  /** The next row is run; rows behind it may be its copies. */
  void first(PromptReader.Reading.Tokens prompt) {
    boolean isGreedy = prompt.sampling().sampling().temperature() == 0;
    first = isGreedy ? new First(prompt) : null;
    if (first != null) {
      running.put(ByteBuffer.wrap(prompt.key()), first);
    }
  }

  /**
   * Takes a copy.
   *
   * @return its outcome, or null if it has to wait for it
   */
  @Nullable RowOutcome add(Copy copy) {
    First source = Objects.requireNonNull(first);
    if (source.outcome != null) {
      return copy.of(source.outcome);
    }
    source.copies.add(copy);
    waiting++;
    return null;
  }

  /** The copies that waited for the outcome of a row. */
  List<Copy> finished(RowOutcome outcome) {
    First done = running.remove(ByteBuffer.wrap(outcome.key()));
    if (done == null) {
      return List.of();
    }
    done.outcome = outcome;
    waiting -= done.copies.size();
    return done.copies;
  }

  /** Copies that wait. */
  int waiting() {
    return waiting;
  }
}
