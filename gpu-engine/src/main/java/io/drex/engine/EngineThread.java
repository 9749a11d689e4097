package io.drex.engine;

import io.drex.schedule.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns scheduler and device: it opens the device, serves the mailbox between
 * steps, sleeps while there is nothing to do, and at its end completes whatever is still pending.
 * While it is in a device call that does not come back, the watchdog's thread does that for it.
 */
final class EngineThread implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(EngineThread.class);

  private @Nullable Function<Watchdog, StepLoop> opener; // null once it was asked
  private final Scheduler scheduler;
  private final Mailbox mailbox;
  private final InFlight inFlight;
  private final SnapshotBoard board;
  private final Thread thread;
  private final Watchdog watchdog;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CountDownLatch everythingCompleted = new CountDownLatch(1);
  private volatile @Nullable EngineException lost;
  private volatile boolean givenUp; // stuck in a device call, and everything completed without it
  private boolean unchecked; // whether steps ran since the last integrity check

  /** Taken out of the mailbox and not obeyed to its end, so that somebody waits for an answer. */
  private Mailbox.@Nullable Command inHand;

  /**
   * @param watchdog longest device call; zero waits for ever
   */
  EngineThread(
      Function<Watchdog, StepLoop> opener,
      Scheduler scheduler,
      Mailbox mailbox,
      InFlight inFlight,
      SnapshotBoard board,
      Duration watchdog) {
    this.opener = opener;
    this.scheduler = scheduler;
    this.mailbox = mailbox;
    this.inFlight = inFlight;
    this.board = board;
    thread = new Thread(this, "drex-engine");
    thread.setDaemon(true);
    this.watchdog = new Watchdog(watchdog, this::giveUp);
  }

  /**
   * Starts the thread and waits until the device is open and measured, at most as long as the
   * watchdog lets it.
   *
   * @throws EngineException if it could not be opened
   */
  void start() {
    thread.start();
    try {
      started.get();
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNull(e.getCause());
      throw new EngineException("the device cannot be opened: " + cause.getMessage(), cause);
    } catch (InterruptedException e) {
      mailbox.put(new Mailbox.Command.Close());
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while the device was being opened", e);
    }
  }

  /** Why the thread ended before it was told to; null while it serves, and after a normal end. */
  @Nullable EngineException lost() {
    return lost;
  }

  /** Waits until every request has its completion, after the mailbox was closed. */
  void awaitEverythingCompleted() {
    Waiting.uninterruptibly(everythingCompleted::await);
  }

  /** Tells the thread to end, and waits for its end, unless it is stuck in a device call. */
  void stop() {
    mailbox.put(new Mailbox.Command.Close());
    awaitEverythingCompleted();
    if (!givenUp) {
      Waiting.uninterruptibly(thread::join);
    }
  }

  @Override
  public void run() {
    watchdog.start();
    try (watchdog) {
      openAndServe();
    }
  }

  private void openAndServe() {
    StepLoop loop;
    try {
      loop = open();
    } catch (CallGivenUpException e) { // open() has heard of it
      warnThatItCameBack();
      return;
    } catch (Throwable e) { // whatever it is, open() must hear of it
      started.completeExceptionally(e);
      completeEverything("the engine did not start");
      return;
    }
    started.complete(null);
    try (loop) {
      completeEverything(serveUntilTheEnd(loop));
    } catch (CallGivenUpException e) {
      warnThatItCameBack();
    } catch (Throwable e) { // the rows have their completions; only the device is left behind
      LOG.error("The device could not be closed; its memory may stay held", e);
    }
  }

  /** Keeps nothing of the opener, which has the model's weights as they lie in its files. */
  private StepLoop open() {
    Function<Watchdog, StepLoop> once = Objects.requireNonNull(opener);
    opener = null;
    return once.apply(watchdog);
  }

  private static void warnThatItCameBack() {
    LOG.warn("The device call that was given up has come back; the device is closed");
  }

  /** Returns what those that are still pending are to be told. */
  private String serveUntilTheEnd(StepLoop loop) {
    try {
      serve(loop);
      scheduler.checkIntegrity();
      return "the engine was closed before the row finished";
    } catch (CallGivenUpException e) { // nothing of the engine is this thread's any more
      throw e;
    } catch (Throwable e) { // any defect here leaves KV and accounting in doubt
      lost = new EngineException("the engine was lost: " + e + "; open a new one", e);
      LOG.error("The engine was lost; its rows fail and can be retried on a new one", e);
      return "the engine was lost while the row was in flight: " + e;
    }
  }

  /**
   * The watchdog's thread, in place of this one, which is in a device call and owns nothing now.
   */
  private void giveUp(String call, Duration allowed) {
    String message = call + " took longer than the watchdog's " + allowed.toSeconds() + " s";
    lost = new EngineException("the engine was lost: " + message + "; open a new one");
    givenUp = true;
    try {
      LOG.error(
          "The engine was lost: {}. Its rows fail and can be retried on a new one; raise"
              + " watchdogSeconds if the device is only slow. What all threads do:\n{}",
          message,
          ThreadDump.ofAllThreads());
    } finally {
      started.completeExceptionally( // if it has not
          new EngineException(message + "; raise watchdogSeconds if the device is only slow"));
      completeEverything("the engine was lost while the row was in flight: " + message);
    }
  }

  private void serve(StepLoop loop) throws InterruptedException {
    while (true) {
      Mailbox.Command command = scheduler.isIdle() ? takeWhenIdle() : mailbox.poll();
      if (command instanceof Mailbox.Command.Close) {
        return;
      } else if (command != null) {
        obey(command);
      } else if (loop.step()) {
        unchecked = true;
        publishAndDeliver();
      } else if (!scheduler.isIdle()) {
        throw new IllegalStateException("the scheduler has sequences but nothing to run");
      }
    }
  }

  private Mailbox.Command takeWhenIdle() throws InterruptedException {
    if (unchecked) {
      scheduler.checkIntegrity();
      unchecked = false;
    }
    return mailbox.take();
  }

  private void obey(Mailbox.Command command) {
    inHand = command;
    if (command instanceof Mailbox.Command.Submit submit) {
      inFlight.start(submit.pending());
    } else if (command instanceof Mailbox.Command.Cancel cancel) {
      inFlight.cancel(cancel.session());
      publishAndDeliver();
      cancel.acknowledged().countDown();
    }
    inHand = null;
  }

  private void completeEverything(String message) {
    List<Mailbox.Command> unanswered = new ArrayList<>(mailbox.close());
    if (inHand != null) {
      unanswered.add(0, inHand);
    }
    try {
      inFlight.failAll(message);
      for (Mailbox.Command command : unanswered) {
        if (command instanceof Mailbox.Command.Submit submit) {
          inFlight.refuse(submit.pending(), message);
        }
      }
      publishAndDeliver();
    } finally { // whoever closes a session must not wait for ever
      everythingCompleted.countDown();
      for (Mailbox.Command command : unanswered) {
        if (command instanceof Mailbox.Command.Cancel cancel) {
          cancel.acknowledged().countDown();
        }
      }
    }
  }

  private void publishAndDeliver() {
    board.publish();
    inFlight.deliver();
  }
}
