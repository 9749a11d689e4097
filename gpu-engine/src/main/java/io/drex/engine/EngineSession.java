package io.drex.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One task's view of the engine: what it submitted and what came back. Used by one task thread,
 * though any thread may close it; completions come in the order they finish.
 */
public final class EngineSession implements AutoCloseable {
  private final DrexEngine engine;
  private final String name;
  private final int ordinal;
  private final LinkedBlockingQueue<Completion> completions = new LinkedBlockingQueue<>();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final Object door = new Object();
  private boolean closed; // guarded by door

  EngineSession(DrexEngine engine, String name, int ordinal) {
    this.engine = engine;
    this.name = name;
    this.ordinal = ordinal;
  }

  /**
   * Hands a request to the engine; waits at most {@code timeoutMillis} for room in the mailbox. A
   * request that can never run is completed at once with its error.
   *
   * @return false if the mailbox stayed full; nothing was submitted then
   * @throws EngineException if the engine was lost or closed
   * @throws IllegalStateException if this session is closed
   * @throws IllegalArgumentException if a prompt token is not of the model's vocabulary
   */
  public boolean submit(Request request, long timeoutMillis) throws InterruptedException {
    engine.requireServing();
    requireOpen();
    PendingCompletion pending = new PendingCompletion(this, request, engine.clock());
    if (engine.refuses(pending)) {
      inFlight.incrementAndGet();
      pending.deliver();
      return true;
    }
    if (!engine.reserve(pending, timeoutMillis)) {
      return false;
    }
    // Under the door, so that no submit can slip in behind the cancellation of close().
    synchronized (door) {
      if (closed) {
        engine.unreserve(pending);
      }
      requireOpen();
      engine.submit(pending);
      inFlight.incrementAndGet();
    }
    return true;
  }

  /** The next finished completion, or null if none finished within {@code timeoutMillis}. */
  public @Nullable Completion poll(long timeoutMillis) throws InterruptedException {
    Completion completion = completions.poll(timeoutMillis, TimeUnit.MILLISECONDS);
    if (completion != null) {
      inFlight.decrementAndGet();
    }
    return completion;
  }

  /** Requests submitted whose completions were not yet polled. */
  public int inFlight() {
    return inFlight.get();
  }

  /**
   * Cancels what is in flight and returns once the engine has let go of it, to whoever closes; the
   * completions of what was cancelled can still be polled.
   */
  @Override
  public void close() {
    synchronized (door) {
      closed = true;
    }
    engine.cancel(this);
  }

  /** Tells this session's rows from others'. */
  int ordinal() {
    return ordinal;
  }

  /** Any thread. */
  void deliver(Completion completion) {
    completions.add(completion);
  }

  private void requireOpen() {
    synchronized (door) {
      if (closed) {
        throw new IllegalStateException("the session " + name + " is closed");
      }
    }
  }
}
