package io.drex.job.run;

import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Takes SIGTERM while a run works: the first one asks it to stop, a second ends the process as it
 * would have without this. A shutdown hook would not do: Spark's own stop the session at the same
 * time, and the exit code would be the signal's.
 */
final class TerminationSignal implements AutoCloseable {
  private static final Signal TERM = new Signal("TERM");

  private final SignalHandler before;

  private TerminationSignal(SignalHandler before) {
    this.before = before;
  }

  /** Calls {@code stop} at the first SIGTERM, on a thread of the JVM's. */
  static TerminationSignal handle(Runnable stop) {
    SignalHandler[] before = new SignalHandler[1];
    before[0] =
        Signal.handle(
            TERM,
            signal -> {
              Signal.handle(TERM, before[0]);
              stop.run();
            });
    return new TerminationSignal(before[0]);
  }

  @Override
  public void close() {
    Signal.handle(TERM, before);
  }
}
