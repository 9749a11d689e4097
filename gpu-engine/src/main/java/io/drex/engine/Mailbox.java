package io.drex.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What sessions hand to the engine thread, in order. Bounded in prompt tokens: a request's tokens
 * count from submit until a slot takes it. Any thread may put; only the engine thread takes.
 */
final class Mailbox {

  /** What the engine thread is asked to do. */
  sealed interface Command {
    record Submit(PendingCompletion pending) implements Command {}

    /**
     * @param acknowledged counted down once the engine holds nothing of the session's
     */
    record Cancel(EngineSession session, CountDownLatch acknowledged) implements Command {}

    record Close() implements Command {}
  }

  private final int capacityTokens;
  // Fair: while a large request waits, small ones do not pass it.
  private final Semaphore freeTokens;
  private final LinkedBlockingQueue<Command> commands = new LinkedBlockingQueue<>();
  private final Object door = new Object();
  private boolean closed; // guarded by door

  Mailbox(int capacityTokens) {
    this.capacityTokens = capacityTokens;
    freeTokens = new Semaphore(capacityTokens, true);
  }

  /** Waits for room; a request larger than the mailbox fits when the mailbox is empty. */
  boolean reserve(int tokens, long timeoutMillis) throws InterruptedException {
    return freeTokens.tryAcquire(permits(tokens), timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** Gives back what {@link #reserve} took. */
  void release(int tokens) {
    freeTokens.release(permits(tokens));
  }

  /** Returns false, and takes nothing, once the mailbox is closed. */
  boolean put(Command command) {
    synchronized (door) {
      return !closed && commands.add(command);
    }
  }

  /** The next command; waits for it. */
  Command take() throws InterruptedException {
    return commands.take();
  }

  /** The next command, or null if there is none yet. */
  @Nullable Command poll() {
    return commands.poll();
  }

  /** Takes no more commands; returns those that were not taken out. */
  List<Command> close() {
    synchronized (door) {
      closed = true;
    }
    List<Command> rest = new ArrayList<>();
    commands.drainTo(rest);
    return rest;
  }

  private int permits(int tokens) {
    return Math.min(tokens, capacityTokens);
  }
}
