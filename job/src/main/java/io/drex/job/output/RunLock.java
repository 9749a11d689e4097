package io.drex.job.output;

import io.drex.job.output.Heartbeat.Pace;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a second run off an output. The lock of a run that died is taken over: of this machine
 * where its process is gone, of another where its heartbeat stands still. Any thread.
 *
 * <p>{@code lock.json} names the owner. Only who creates {@code lock/<runId>.taken} may take the
 * lock over from that run and replace the name, so that of several that try one succeeds; a run
 * whose lock was taken sees that file or the other name at its next heartbeat. Creating either file
 * is atomic on HDFS and, by a conditional write, on S3; where it is not, the run whose name did not
 * stay sees that too.
 */
public final class RunLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLock.class);

  /** Others may come and go while this one looks. */
  private static final int TRIES = 5;

  private final LockFiles files;
  private final LockOwner self;
  private final Pace pace;
  private volatile boolean held;
  private volatile boolean lost;
  private @Nullable Runnable whenLost;
  private @Nullable Heartbeat heart;

  private RunLock(LockFiles files, LockOwner self, Pace pace) {
    this.files = files;
    this.self = self;
    this.pace = pace;
  }

  /**
   * Takes the lock; where another machine's run holds it this lasts until that one gave a sign of
   * life, or gave none for a minute.
   *
   * @throws JobException USAGE naming the run that holds it
   */
  public static RunLock take(OutputLayout layout, String runId, Configuration hadoop) {
    return take(layout, runId, hadoop, Pace.USUAL);
  }

  static RunLock take(OutputLayout layout, String runId, Configuration hadoop, Pace pace) {
    LockFiles files = new LockFiles(layout, hadoop);
    RunLock lock = new RunLock(files, LockOwner.here(runId), pace);
    try {
      lock.heart = Heartbeat.start(files.beat(runId), hadoop, pace.beat(), lock::look);
      lock.take();
    } catch (IOException | UncheckedIOException e) {
      lock.close();
      throw new JobException(
          ExitCode.USAGE, "the lock " + layout.lock() + " cannot be taken: " + e.getMessage(), e);
    } catch (JobException e) {
      lock.close();
      throw e;
    }
    return lock;
  }

  /** The run that took it. */
  public String runId() {
    return self.runId();
  }

  /** Has {@code action} run once another run has taken the lock over; at once if one has. */
  public synchronized void whenLost(Runnable action) {
    whenLost = action;
    if (lost) {
      action.run();
    }
  }

  /** Whether another run has taken the lock over, as far as is known. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Looks whether the lock is still this run's.
   *
   * @throws JobException FAILURE if another run has taken it over
   */
  public void requireHeld() {
    try {
      if (!lost && !files.isOwnedBy(self.runId())) {
        lose();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("whether this run still holds its lock cannot be told", e);
    }
    if (lost) {
      throw taken();
    }
  }

  /** What a run ends with whose lock was taken over. */
  public JobException taken() {
    return new JobException(
        ExitCode.FAILURE,
        "another run took over the lock "
            + files.lock()
            + ", as run "
            + self.runId()
            + " gave no sign of life for a while; this run stops and publishes nothing more");
  }

  /** Lets go of the lock, unless another run has it now. */
  @Override
  public void close() {
    try {
      Heartbeat beating = heart;
      if (beating != null) {
        beating.close();
      }
      if (held && !lost && files.isOwnedBy(self.runId())) {
        files.release();
      }
    } catch (IOException e) {
      LOG.warn(
          "The lock {} stays; the next run takes it over when nothing has changed there for {} s.",
          files.lock(),
          pace.stale().toSeconds(),
          e);
    }
  }

  private void take() throws IOException {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      if (files.create(files.lock(), self)) {
        held = true;
        return;
      }
      Optional<LockOwner> owner = files.owner();
      if (owner.isPresent() && takeFrom(owner.get())) {
        held = true;
        return;
      }
    }
    throw heldBy(files.owner().map(LockOwner::text).orElse("another run"));
  }

  private boolean takeFrom(LockOwner owner) throws IOException {
    switch (new LockWatch(files, pace).life(owner)) {
      case ALIVE -> throw heldBy(owner.text());
      case GONE -> {
        return false;
      }
      case DEAD ->
          LOG.warn(
              "The lock of {}, which is dead, is taken over by {}.", owner.text(), self.text());
    }
    return files.takeFrom(owner, self);
  }

  private JobException heldBy(String owner) {
    return new JobException(
        ExitCode.USAGE,
        owner + " writes to this output; wait for it, or end it. Its lock is " + files.lock());
  }

  /** After each heartbeat. */
  private void look() {
    try {
      if (held && !lost && !files.isOwnedBy(self.runId())) {
        lose();
      }
    } catch (IOException e) {
      LOG.warn("Whether this run still holds its lock cannot be told; looking again.", e);
    }
  }

  private synchronized void lose() {
    if (lost) {
      return;
    }
    lost = true;
    LOG.error("{}", taken().getMessage());
    if (whenLost != null) {
      whenLost.run();
    }
  }
}
