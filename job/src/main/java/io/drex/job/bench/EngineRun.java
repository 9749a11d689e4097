package io.drex.job.bench;

import io.drex.engine.Completion;
import io.drex.engine.EngineSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * What an engine did between two moments.
 *
 * @param completions of that time. [prompt]
 * @param exitDepths layers by place in the completions' exits; the last is the full depth
 * @param before counters at its start
 * @param after counters at its end
 * @param nanos how long it took
 */
record EngineRun(
    List<Completion> completions,
    List<Integer> exitDepths,
    EngineSnapshot before,
    EngineSnapshot after,
    long nanos) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double MICROS_PER_SECOND = 1e6;

  /** This run and one of the same engine that came after it, with nothing between that counts. */
  EngineRun and(EngineRun next) {
    List<Completion> all = new ArrayList<>(completions);
    all.addAll(next.completions);
    return new EngineRun(all, exitDepths, before, next.after, nanos + next.nanos);
  }

  /** Generated tokens per second from the first submit to the last completion. */
  double tokensPerSecond() {
    return (after.tokens() - before.tokens()) / (nanos / NANOS_PER_SECOND);
  }

  /** Decoded tokens per second of the device's time that decoding took. */
  double decodeTokensPerSecond() {
    long micros = after.decodeMicros() - before.decodeMicros();
    return (after.decodeTokens() - before.decodeTokens()) / (micros / MICROS_PER_SECOND);
  }

  /** Tokens that did not come from a prompt's last position. */
  long decodedTokens() {
    return after.decodeTokens() - before.decodeTokens();
  }

  /** Share of the decoded tokens that were emitted at a ramp. */
  double exitShare() {
    long early = 0;
    for (Completion completion : completions) {
      int[] exits = completion.exits().exitsByRamp();
      early += Arrays.stream(exits, 0, exits.length - 1).asLongStream().sum();
    }
    return early / (double) decodedTokens();
  }

  /** Tokens emitted at each ramp, then those of the full depth, first tokens aside. */
  long[] decodedByDepth() {
    long[] tokens = new long[exitDepths.size()];
    for (Completion completion : completions) {
      int[] exits = completion.exits().exitsByRamp();
      for (int place = 0; place < tokens.length; place++) {
        tokens[place] += exits[place];
      }
      tokens[tokens.length - 1] -= completion.tokens().length > 0 ? 1 : 0;
    }
    return tokens;
  }

  /** Tokens emitted below their ramp's threshold. */
  long involuntaryExits() {
    return sum(completion -> completion.exits().involuntaryExits());
  }

  /** Their share of the decoded tokens. */
  double involuntaryExitShare() {
    return involuntaryExits() / (double) decodedTokens();
  }

  /** Confident rows that had to go on, per decoded token; a token may count at several ramps. */
  double involuntaryStaysPerToken() {
    long stays = sum(completion -> completion.exits().involuntaryStays());
    return stays / (double) decodedTokens();
  }

  private long sum(ToIntFunction<Completion> figure) {
    return completions.stream().mapToLong(figure::applyAsInt).sum();
  }

  /**
   * The confidence that so many of the tokens which left at a ramp reach; NaN where none left.
   *
   * @param share in (0, 1)
   */
  double exitConfidence(double share) {
    int full = exitDepths.get(exitDepths.size() - 1);
    double[] confidences =
        completions.stream()
            .flatMapToDouble(
                completion ->
                    IntStream.range(0, completion.depths().length)
                        .filter(token -> completion.depths()[token] < full)
                        .mapToDouble(token -> completion.confidences()[token]))
            .sorted()
            .toArray();
    return confidences.length == 0
        ? Double.NaN
        : confidences[(int) ((1 - share) * (confidences.length - 1))];
  }
}
