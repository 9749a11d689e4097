package io.drex.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Gives a device call up that takes longer than a limit. A call belongs to the engine thread that
 * is in it or, once given up, to whoever gave it up: never to both.
 *
 * <p>Its thread wakes once in a limit to look, and a call costs two atomic operations.
 */
final class Watchdog implements AutoCloseable {
  private static final long GIVEN_UP = -1;

  private final Duration limit;
  private final Consumer<Duration> onGivenUp;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Calls begun and ended so far: odd while one runs; or {@link #GIVEN_UP}. */
  private final AtomicLong marks = new AtomicLong();

  private volatile long startNanos; // of the newest call

  /**
   * @param limit longest device call; zero watches nothing
   * @param onGivenUp told the limit, on the watchdog's thread and at most once, when a call is
   *     given up
   */
  Watchdog(Duration limit, Consumer<Duration> onGivenUp) {
    this.limit = limit;
    this.onGivenUp = onGivenUp;
  }

  /** Starts the watching thread, if there is a limit. */
  void start() {
    if (!limit.isZero()) {
      Thread thread = new Thread(this::keepLooking, "drex-watchdog");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Runs a device call. Engine thread only.
   *
   * @throws CallGivenUpException if it came back, in whatever way, after it was given up
   */
  void watch(Runnable call) {
    begin(System.nanoTime());
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    }
    end();
  }

  void begin(long nowNanos) {
    startNanos = nowNanos;
    marks.incrementAndGet();
  }

  void end() {
    long mark = marks.get();
    if (mark == GIVEN_UP || !marks.compareAndSet(mark, mark + 1)) {
      throw new CallGivenUpException();
    }
  }

  /**
   * Gives the call up that is running, if it has run for the limit.
   *
   * @return nanoseconds until the next look is worth while; 0 if a call was given up
   */
  long look(long nowNanos) {
    long mark = marks.get();
    if (mark == GIVEN_UP) {
      return 0;
    }
    if (mark % 2 == 0) {
      return limit.toNanos(); // a call that begins now
    }
    long left = limit.toNanos() - (nowNanos - startNanos);
    if (left > 0) {
      return left;
    }
    if (!marks.compareAndSet(mark, GIVEN_UP)) {
      return limit.toNanos(); // it has just come back
    }
    onGivenUp.accept(limit);
    return 0;
  }

  private void keepLooking() {
    long wait = limit.toNanos();
    try {
      while (wait > 0 && !closed.await(wait, TimeUnit.NANOSECONDS)) {
        wait = look(System.nanoTime());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; if so, calls are not watched any more
    }
  }

  /** Ends the watching. */
  @Override
  public void close() {
    closed.countDown();
  }
}
