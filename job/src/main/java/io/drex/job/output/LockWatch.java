package io.drex.job.output;

import io.drex.job.output.Heartbeat.Pace;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells whether the owner of a lock lives, from this machine's processes or by its heartbeat. */
public final class LockWatch {
  private static final Logger LOG = LoggerFactory.getLogger(LockWatch.class);

  private final LockFiles files;
  private final Pace pace;

  LockWatch(LockFiles files, Pace pace) {
    this.files = files;
    this.pace = pace;
  }

  /** What is known of an owner. */
  enum Life {
    ALIVE,
    DEAD,
    /** It does not own the lock any more. */
    GONE
  }

  /**
   * Whether a run holds the lock of an output and lives; lasts up to a minute where only its
   * heartbeat can tell.
   */
  public static boolean isHeldBy(String runId, OutputLayout layout, Configuration hadoop) {
    return isHeldBy(runId, new LockFiles(layout, hadoop), Pace.USUAL);
  }

  static boolean isHeldBy(String runId, LockFiles files, Pace pace) {
    try {
      Optional<LockOwner> owner = files.owner();
      return owner.isPresent()
          && owner.get().runId().equals(runId)
          && new LockWatch(files, pace).life(owner.get()) == Life.ALIVE;
    } catch (IOException e) {
      throw new JobException(
          ExitCode.FAILURE, "the lock " + files.lock() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Watches until the owner is known to live, to be dead, or to have let go. */
  Life life(LockOwner owner) throws IOException {
    Optional<Boolean> alive = owner.isAlive();
    if (alive.isPresent()) {
      return alive.get() ? Life.ALIVE : Life.DEAD;
    }
    LOG.info(
        "The lock {} is of {}; watching for a sign of life for up to {} s.",
        files.lock(),
        owner.text(),
        pace.stale().toSeconds());
    String first = files.readBeat(owner.runId());
    long start = System.nanoTime();
    while (System.nanoTime() - start < pace.stale().toNanos()) {
      pause();
      if (!files.owner().equals(Optional.of(owner))) {
        return Life.GONE;
      }
      String beat = files.readBeat(owner.runId());
      if (!beat.isEmpty() && !beat.equals(first)) {
        return Life.ALIVE;
      }
    }
    return Life.DEAD;
  }

  private void pause() {
    try {
      Thread.sleep(pace.beat().toMillis() / 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JobException(
          ExitCode.FAILURE, "interrupted while watching the lock " + files.lock(), e);
    }
  }
}
