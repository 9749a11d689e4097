package io.drex.engine;

import java.util.function.LongSupplier;

/**
 * Time as an engine's requests see it, by the clock of its device, which on a simulated one is
 * virtual. Any thread may ask.
 */
final class EngineClock {
  /** A clock and where it stood at the beginning. */
  private record Source(LongSupplier nanos, long zero) {
    static Source from(LongSupplier nanos) {
      return new Source(nanos, nanos.getAsLong());
    }
  }

  private volatile Source source = Source.from(System::nanoTime); // while there is no device

  /**
   * Goes by a device from now on, starting at 0 again; before there are requests.
   *
   * @param nanos may be asked by any thread, at any time
   */
  void follow(LongSupplier nanos) {
    source = Source.from(nanos);
  }

  /** Nanoseconds since the engine was opened, never negative. */
  long nanos() {
    Source now = source;
    return Math.max(0, now.nanos.getAsLong() - now.zero);
  }
}
