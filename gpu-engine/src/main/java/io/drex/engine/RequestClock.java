package io.drex.engine;

import java.util.concurrent.TimeUnit;

/** Times of one request by the engine's clock; started when it is made. */
final class RequestClock {
  private final EngineClock clock;
  private final long submittedNanos;
  private long admittedNanos;
  private long firstTokenNanos;
  private boolean isAdmitted;

  RequestClock(EngineClock clock) {
    this.clock = clock;
    submittedNanos = clock.nanos();
    firstTokenNanos = submittedNanos;
  }

  long submittedNanos() {
    return submittedNanos;
  }

  void admitted() {
    isAdmitted = true;
    admittedNanos = clock.nanos();
  }

  void firstToken() {
    firstTokenNanos = clock.nanos();
  }

  /** Whether a time has passed. */
  boolean isPast(long nanos) {
    return clock.nanos() > nanos;
  }

  /** The times so far; a request that was never admitted has waited all the time. */
  Timing read() {
    long now = clock.nanos();
    return new Timing(
        sinceSubmit(isAdmitted ? admittedNanos : now),
        sinceSubmit(firstTokenNanos),
        sinceSubmit(now));
  }

  private long sinceSubmit(long nanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toMicros(nanos - submittedNanos));
  }
}
