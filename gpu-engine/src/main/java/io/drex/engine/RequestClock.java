package io.drex.engine;

import java.util.concurrent.TimeUnit;

/** Times of one request by the JVM's monotonic clock; started when it is made. */
final class RequestClock {
  private final long submittedNanos = System.nanoTime();
  private long admittedNanos = submittedNanos;
  private long firstTokenNanos = submittedNanos;
  private boolean isAdmitted;
  private boolean hasToken;

  void admitted() {
    isAdmitted = true;
    admittedNanos = System.nanoTime();
  }

  /** Keeps the first of several, which a restart would bring. */
  void firstToken() {
    if (!hasToken) {
      hasToken = true;
      firstTokenNanos = System.nanoTime();
    }
  }

  /** The times so far; a request that was never admitted has waited all the time. */
  Timing read() {
    long now = System.nanoTime();
    return new Timing(
        sinceSubmit(isAdmitted ? admittedNanos : now),
        sinceSubmit(firstTokenNanos),
        sinceSubmit(now));
  }

  private long sinceSubmit(long nanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos - submittedNanos));
  }
}
