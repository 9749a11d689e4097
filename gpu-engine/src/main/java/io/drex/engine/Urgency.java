package io.drex.engine;

import io.drex.schedule.Sequence;
import java.util.concurrent.TimeUnit;

/**
 * When a request should run. It changes no token of any request.
 *
 * @param priority of the requests that wait for a slot the highest go first; 0 is usual. Every
 *     fourth slot goes to the request that has waited longest, whatever its priority
 * @param deadlineMillis time from submit in which it should be complete: rows are not left waiting
 *     for others where that would make it late. It is completed all the same when it is late. 0 is
 *     no deadline
 */
public record Urgency(int priority, long deadlineMillis) {
  /** Of no priority, and due at no time. */
  public static final Urgency USUAL = new Urgency(0, 0);

  public Urgency {
    if (deadlineMillis < 0) {
      throw new IllegalArgumentException(
          "deadlineMillis must be at least 0, not " + deadlineMillis);
    }
  }

  /** When a request is due that was submitted at a time; for {@link Sequence#dueAt}. */
  long dueNanos(long submittedNanos) {
    long nanos = TimeUnit.MILLISECONDS.toNanos(deadlineMillis); // the most there is, if it is more
    boolean isBeyondTime = nanos >= Sequence.NO_DEADLINE - submittedNanos;
    return deadlineMillis == 0 || isBeyondTime ? Sequence.NO_DEADLINE : submittedNanos + nanos;
  }
}
