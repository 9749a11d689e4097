package io.drex.device.cuda.bench;

import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineSession;
import io.drex.engine.EngineSnapshot;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Requests that an engine completed.
 *
 * @param seconds from the first submit to the last completion
 * @param tokens generated
 * @param exits tokens emitted at ramps
 * @param decodeTokens those that were decoded, by the engine's own count
 * @param decodeMicros time in device calls that they took, by the engine's own count
 */
record EngineRun(double seconds, long tokens, long exits, long decodeTokens, long decodeMicros) {
  private static final long LIMIT_MILLIS = 120_000;

  /**
   * Completes prompts.
   *
   * @throws IllegalStateException if one fails, or ends before it has all its tokens
   */
  static EngineRun of(DrexEngine engine, List<int[]> prompts, int newTokens)
      throws InterruptedException {
    EngineSnapshot before = engine.snapshot();
    long start = System.nanoTime();
    List<Completion> all = new ArrayList<>();
    try (EngineSession session = engine.openSession("bench")) {
      for (int i = 0; i < prompts.size(); i++) {
        Request request = new Request(i, prompts.get(i), new SamplingParams(newTokens));
        if (!session.submit(request, LIMIT_MILLIS)) {
          throw new IllegalStateException("the engine takes no more requests");
        }
      }
      while (session.inFlight() > 0) {
        all.add(Objects.requireNonNull(session.poll(LIMIT_MILLIS), "the engine stands still"));
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long exits = 0;
    for (Completion completion : all) {
      require(completion, newTokens);
      int[] byRamp = completion.exits().exitsByRamp();
      for (int ramp = 0; ramp < byRamp.length - 1; ramp++) {
        exits += byRamp[ramp];
      }
    }
    EngineSnapshot after = engine.snapshot(); // a step is counted before its completions come
    return new EngineRun(
        seconds,
        (long) newTokens * all.size(),
        exits,
        after.decodeTokens() - before.decodeTokens(),
        after.decodeMicros() - before.decodeMicros());
  }

  private static void require(Completion completion, int newTokens) {
    if (completion.tokens().length != newTokens) {
      throw new IllegalStateException(
          "request %d has %d tokens of %d: %s %s"
              .formatted(
                  completion.id(),
                  completion.tokens().length,
                  newTokens,
                  completion.finishReason(),
                  completion.error()));
    }
  }

  double tokensPerSecond() {
    return tokens / seconds;
  }

  double decodeTokensPerSecond() {
    return decodeTokens / (decodeMicros / 1e6);
  }

  double exitShare() {
    return exits / (double) Math.max(1, decodeTokens);
  }
}
