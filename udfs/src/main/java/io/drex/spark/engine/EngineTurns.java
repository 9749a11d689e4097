package io.drex.spark.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Who may have rows in an engine: any number of tasks together, or one task alone. A task that asks
 * to be alone goes before those that would share; the others finish what they have in flight and
 * wait. Any thread.
 *
 * <p>Invariants: (1) while a task is alone no other has rows in flight; (2) no task begins to share
 * while one is alone or asks to be.
 */
public final class EngineTurns {
  private int sharing; // all by this
  private int asking;
  private boolean taken;

  EngineTurns() {}

  /** What a task has of the engine. */
  private enum Hold {
    NOTHING,
    SHARE,
    WISH,
    ALL
  }

  /** A new task's turn, which holds nothing yet. */
  public Turn turn() {
    return new Turn();
  }

  /** One task's turn. One thread. */
  public final class Turn implements AutoCloseable {
    private Hold hold = Hold.NOTHING;

    private Turn() {}

    /** Whether the task may have rows in flight beside others; waits for it. */
    public boolean share(long waitMillis) throws InterruptedException {
      synchronized (EngineTurns.this) {
        if (hold == Hold.SHARE) {
          return true;
        }
        leave();
        if (!await(() -> !taken && asking == 0, waitMillis)) {
          return false;
        }
        sharing++;
        hold = Hold.SHARE;
        return true;
      }
    }

    /**
     * Whether the task is alone in the engine; waits for it. The wish stands until {@link #leave},
     * so that it is fulfilled however often it is asked for. The task has nothing in flight.
     */
    public boolean alone(long waitMillis) throws InterruptedException {
      synchronized (EngineTurns.this) {
        if (hold == Hold.ALL) {
          return true;
        }
        if (hold != Hold.WISH) {
          leave();
          asking++;
          hold = Hold.WISH;
        }
        if (!await(() -> !taken && sharing == 0, waitMillis)) {
          return false;
        }
        asking--;
        taken = true;
        hold = Hold.ALL;
        return true;
      }
    }

    /** Whether another task asks to be alone. */
    public boolean isInTheWay() {
      synchronized (EngineTurns.this) {
        return hold == Hold.SHARE && asking > 0;
      }
    }

    /** Gives up whatever it has. The task has nothing in flight. */
    public void leave() {
      synchronized (EngineTurns.this) {
        switch (hold) {
          case NOTHING -> {}
          case SHARE -> sharing--;
          case WISH -> asking--;
          case ALL -> taken = false;
        }
        hold = Hold.NOTHING;
        EngineTurns.this.notifyAll();
      }
    }

    @Override
    public void close() {
      leave();
    }
  }

  /** Whether the condition came to hold; the caller has the lock. */
  private boolean await(BooleanSupplier condition, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (!condition.getAsBoolean()) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
