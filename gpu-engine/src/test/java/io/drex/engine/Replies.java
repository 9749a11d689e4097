package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What came back from a session, within a limit of time. */
final class Replies {
  private static final long LIMIT_MILLIS = 30_000;

  private Replies() {}

  static Completion next(EngineSession session) throws InterruptedException {
    return Objects.requireNonNull(session.poll(LIMIT_MILLIS), "no completion within the limit");
  }

  /** All that is in flight, by id; fails if one comes twice. */
  static Map<Long, Completion> all(EngineSession session) throws InterruptedException {
    Map<Long, Completion> all = new TreeMap<>();
    while (session.inFlight() > 0) {
      Completion completion = next(session);
      assertThat(all.put(completion.id(), completion)).as("completed twice").isNull();
    }
    return all;
  }

  static RowError errorOf(Completion completion) {
    assertThat(completion.finishReason()).isEqualTo(FinishReason.ERROR);
    assertThat(completion.tokens()).isEmpty();
    return Objects.requireNonNull(completion.error());
  }
}
