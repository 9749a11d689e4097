package io.drex.engine;

import org.jspecify.annotations.Nullable;

/**
 * One task's view of the engine: what it submitted and what came back. Used by one task thread;
 * completions come in the order they finish.
 */
public final class EngineSession implements AutoCloseable {

  EngineSession() {}

  /**
   * Hands a request to the engine; waits at most {@code timeoutMillis} for room in the mailbox.
   *
   * @return false if the mailbox stayed full; nothing was submitted then
   * @throws EngineException if the engine was lost or closed
   */
  public boolean submit(Request request, long timeoutMillis) throws InterruptedException {
    throw new UnsupportedOperationException(request + " " + timeoutMillis);
  }

  /** The next finished completion, or null if none finished within {@code timeoutMillis}. */
  public @Nullable Completion poll(long timeoutMillis) throws InterruptedException {
    throw new UnsupportedOperationException("" + timeoutMillis);
  }

  /** Requests submitted whose completions were not yet polled. */
  public int inFlight() {
    throw new UnsupportedOperationException();
  }

  /** Cancels what is in flight and returns once the engine has let go of it. */
  @Override
  public void close() {
    throw new UnsupportedOperationException();
  }
}
