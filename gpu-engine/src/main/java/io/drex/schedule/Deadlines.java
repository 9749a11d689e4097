package io.drex.schedule;

import io.drex.policy.FlushPolicy;
import io.drex.policy.Pace;
import io.drex.policy.StepTimes;
import java.util.Arrays;

/**
 * Says which buffer has to be flushed now, so that a row in it is not late: once the next call, the
 * deeper segments and the sequence's tokens after this one would take longer than its deadline
 * leaves. Constant time and memory per row: a buffer keeps the least of what its rows leave, until
 * it is empty, and so is flushed too early at worst. Owned by the scheduler's thread.
 *
 * <p>A deadline that has passed, or that no flush can meet any more, forces nothing: it would slow
 * those that can still be in time.
 */
final class Deadlines {
  private final Expectation expectation;
  private final StepTimes times;
  private final Pace pace;

  /** When the rows of a buffer must have run its segment and all deeper ones. [segment] */
  private final long[] runBy;

  private long now;

  /**
   * @param expectation how many tokens sequences are expected to generate
   * @param times what calls take
   */
  Deadlines(int segments, Expectation expectation, StepTimes times, Pace pace) {
    this.expectation = expectation;
    this.times = times;
    this.pace = pace;
    runBy = new long[segments];
    Arrays.fill(runBy, Sequence.NO_DEADLINE);
  }

  void now(long nanos) {
    now = nanos;
  }

  /**
   * Takes note of a row that waits before a deeper segment, unless it is too late for it already:
   * by when the call that buffered it was planned, since a flush for few rows may take so much less
   * than flushes do on average.
   */
  void buffered(Sequence s, int segment) {
    if (s.deadlineNanos == Sequence.NO_DEADLINE || s.deadlineNanos <= now) {
      return;
    }
    int tokensAfter = Math.max(0, expectation.tokens(s, s.limit()) - s.tokenCount() - 1);
    double token = pace.nanosPerToken();
    double leastToken = Math.min(token, times.callNanos(0)); // one that leaves at the first ramp
    if (now + deeperNanos(segment) + tokensAfter * leastToken <= s.deadlineNanos) {
      long leaves = s.deadlineNanos - (long) (tokensAfter * token);
      runBy[segment] = Math.min(runBy[segment], leaves);
    }
  }

  /** What a segment and those behind it take. */
  private double deeperNanos(int segment) {
    double nanos = 0;
    for (int s = segment; s < runBy.length; s++) {
      nanos += times.callNanos(s);
    }
    return nanos;
  }

  /**
   * The segment whose buffer is shortest of time, if another call before it would make a row late;
   * else {@link FlushPolicy#NOTHING}.
   *
   * @param queues the queue before each segment. [segment]
   */
  int due(SequenceQueue[] queues) {
    int due = FlushPolicy.NOTHING;
    double mostOver = 0;
    double deeper = times.callNanos(0); // the call that could go first
    for (int segment = runBy.length - 1; segment > 0; segment--) {
      deeper += times.callNanos(segment);
      if (queues[segment].isEmpty()) {
        runBy[segment] = Sequence.NO_DEADLINE;
      } else if (runBy[segment] != Sequence.NO_DEADLINE) {
        double over = now + deeper - runBy[segment];
        if (over > mostOver) {
          due = segment;
          mostOver = over;
        }
      }
    }
    return due;
  }
}
