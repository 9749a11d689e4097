package io.drex.device.cpu;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A fixed team of threads that do parallel regions for one caller, who takes part as worker 0. Both
 * sides spin briefly before they park, because regions are short and follow each other closely.
 * Nothing is allocated per region.
 */
final class WorkerPool implements AutoCloseable {
  /** One worker's part of a region; must not depend on what the other workers do. */
  interface Region {
    /**
     * @param worker in [0, workers)
     */
    void run(int worker, int workers);
  }

  /**
   * Some 50 µs where a spin takes 25 ns: longer than the gap between two regions of a layer or two
   * calls of a busy engine, and about what waking a parked thread costs.
   */
  private static final int SPINS = 2000;

  private final Worker[] helpers;
  private final AtomicInteger unfinished = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private Region region = (worker, workers) -> {};
  private final AtomicInteger round = new AtomicInteger(); // publishes `region`
  private volatile boolean closed;
  private volatile @Nullable Thread waitingCaller;

  private WorkerPool(int helpers) {
    this.helpers = new Worker[helpers];
  }

  /**
   * @param threads workers in all, the caller included; at least 1
   */
  static WorkerPool start(int threads) {
    WorkerPool pool = new WorkerPool(threads - 1);
    for (int i = 0; i < pool.helpers.length; i++) {
      pool.helpers[i] = pool.new Worker(i + 1);
    }
    try {
      for (Worker helper : pool.helpers) {
        helper.start();
      }
      return pool;
    } catch (RuntimeException | Error e) { // those that started would wait for ever
      pool.close();
      throw e;
    }
  }

  int workers() {
    return helpers.length + 1;
  }

  /** The first of {@code items} that belongs to a worker; its share ends where the next begins. */
  static int share(int items, int worker, int workers) {
    return (int) ((long) items * worker / workers);
  }

  /**
   * Runs a region on all workers and returns when all are done.
   *
   * @throws DeviceException if a worker threw an exception
   * @throws DeviceOutOfMemoryException if a worker found the heap full
   * @throws DeviceLostException if a worker threw another error, or the pool is closed
   */
  void run(Region next) {
    if (closed) {
      throw new DeviceLostException("the CPU model is closed");
    }
    region = next;
    unfinished.set(helpers.length);
    round.incrementAndGet();
    for (Worker helper : helpers) {
      helper.wake();
    }
    runShare(next, 0);
    awaitHelpers();
    Throwable thrown = failure.getAndSet(null);
    if (thrown instanceof Exception) {
      throw new DeviceException("a CPU kernel failed: " + thrown, thrown);
    } else if (thrown instanceof OutOfMemoryError) {
      throw new DeviceOutOfMemoryException("the Java heap is full: " + thrown.getMessage(), thrown);
    } else if (thrown != null) {
      throw new DeviceLostException("a CPU worker failed: " + thrown, thrown);
    }
  }

  /** Catches everything: whatever is thrown on a worker must reach the caller, who waits for it. */
  private void runShare(Region work, int worker) {
    try {
      work.run(worker, workers());
    } catch (Throwable e) {
      failure.compareAndSet(null, e);
    }
  }

  private void awaitHelpers() {
    for (int i = 0; i < SPINS; i++) {
      if (unfinished.get() == 0) {
        return;
      }
      Thread.onSpinWait();
    }
    waitingCaller = Thread.currentThread();
    while (unfinished.get() != 0) {
      LockSupport.park(this);
    }
    waitingCaller = null;
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    round.incrementAndGet();
    boolean interrupted = false;
    for (Worker helper : helpers) {
      helper.wake();
      while (helper.isAlive()) {
        try {
          helper.join();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Worker extends Thread {
    private final int worker;
    private volatile boolean parked;

    Worker(int worker) {
      super("drex-cpu-" + worker);
      this.worker = worker;
      setDaemon(true);
    }

    @Override
    public void run() {
      int done = 0;
      while (true) {
        awaitRoundAfter(done);
        done++;
        if (closed) {
          return;
        }
        runShare(region, worker);
        if (unfinished.decrementAndGet() == 0) {
          LockSupport.unpark(waitingCaller);
        }
      }
    }

    private void awaitRoundAfter(int done) {
      for (int i = 0; i < SPINS; i++) {
        if (round.get() != done) {
          return;
        }
        Thread.onSpinWait();
      }
      parked = true;
      while (round.get() == done) {
        LockSupport.park(WorkerPool.this);
      }
      parked = false;
    }

    /** After `round` was written: either this sees the worker parked, or the worker the round. */
    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }
  }
}
