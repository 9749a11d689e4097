package io.drex.engine;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives a device call up that takes longer than a limit, and the opening of a device, which may
 * take longer than a call. A call belongs to the engine thread that is in it or, once given up, to
 * whoever gave it up: never to both.
 *
 * <p>Its thread wakes once in a limit to look, and a call costs two atomic operations.
 */
final class Watchdog implements AutoCloseable {
  private static final long GIVEN_UP = -1;

  private final Duration limit;
  private final Owner owner;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Calls begun and ended so far: odd while one runs; or {@link #GIVEN_UP}. */
  private final AtomicLong marks = new AtomicLong();

  private volatile String call = ""; // the newest, as are the next two
  private volatile long startNanos;
  private volatile long allowedNanos;

  /** Whoever takes over from the engine thread. */
  interface Owner {
    /**
     * On the watchdog's thread, and at most once.
     *
     * @param call what was given up, as the subject of a sentence
     * @param allowed that it had
     */
    void givenUp(String call, Duration allowed);
  }

  /**
   * @param limit longest device call; zero watches nothing
   * @param owner told when a call is given up
   */
  Watchdog(Duration limit, Owner owner) {
    this.limit = limit;
    this.owner = owner;
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
    begin("a device call", System.nanoTime(), 0);
    try {
      call.run();
    } catch (RuntimeException | Error e) {
      end();
      throw e;
    }
    end();
  }

  /**
   * Begins what {@link #end} ends.
   *
   * @param what is begun, as the subject of a sentence
   * @param moreNanos that it may take beyond the limit
   */
  void begin(String what, long nowNanos, long moreNanos) {
    call = what;
    startNanos = nowNanos;
    allowedNanos = limit.toNanos() + moreNanos;
    marks.incrementAndGet();
  }

  /**
   * Ends what was begun, however it came back.
   *
   * @throws CallGivenUpException if it was given up before
   */
  void end() {
    long mark = marks.get();
    if (mark == GIVEN_UP || !marks.compareAndSet(mark, mark + 1)) {
      throw new CallGivenUpException();
    }
  }

  /**
   * Gives the call up that is running, if it has run for as long as it may.
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
    String what = call;
    long allowed = allowedNanos;
    long left = allowed - (nowNanos - startNanos);
    if (left > 0) {
      return left;
    }
    if (!marks.compareAndSet(mark, GIVEN_UP)) {
      return limit.toNanos(); // it has just come back
    }
    owner.givenUp(what, Duration.ofNanos(allowed));
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
