package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** Requests of made-up prompts. */
final class Requests {
  private Requests() {}

  /** At most 40 new tokens for a prompt of this length. */
  static Request of(long id, int promptTokens) {
    int[] prompt = new int[promptTokens];
    Arrays.fill(prompt, 1 + (int) id % 99);
    return new Request(id, prompt, new SamplingParams(40));
  }

  /** Submits until the engine is lost or closed; returns how many it took. */
  static int submitUntilRefused(EngineSession session, int requests) throws InterruptedException {
    int submitted = 0;
    try {
      for (; submitted < requests; submitted++) {
        assertThat(session.submit(of(submitted, 1 + submitted % 20), 30_000)).isTrue();
      }
    } catch (EngineException e) {
      assertThat(e).hasMessageContaining("open a new one");
    }
    return submitted;
  }
}
