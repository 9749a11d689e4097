package io.drex.spark;

import io.drex.spark.journal.JournalFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The driver's request that a run's tasks stop: begin no more rows, finish those in flight. It is a
 * file beside the run's journal, because that reaches executors however they were started. One
 * thread.
 */
public final class StopRequest {
  private static final Logger LOG = LoggerFactory.getLogger(StopRequest.class);

  /** How often a task looks; one call to the file system each time. */
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  private final Path file;
  private final Configuration hadoop;
  private final long graceNanos;
  private final LongSupplier nanoClock;
  private boolean looked;
  private long lookedNanos;
  private boolean made;
  private long madeNanos; // when this task saw it
  private boolean warned;

  /**
   * @param grace how long rows in flight may go on once the request is made
   * @param nanoClock monotonic, {@link System#nanoTime}
   */
  StopRequest(Path file, Configuration hadoop, Duration grace, LongSupplier nanoClock) {
    this.file = file;
    this.hadoop = hadoop;
    this.graceNanos = grace.toNanos();
    this.nanoClock = nanoClock;
  }

  /** The request's file; it goes when the journal is compacted. */
  public static Path file(GenerateSpec spec) {
    return new Path(JournalFiles.runFolder(new Path(spec.journalDir()), spec.runId()), "_stop");
  }

  /** Makes the request; making it again changes nothing. */
  public static void make(Path file, Configuration hadoop) throws IOException {
    file.getFileSystem(hadoop).create(file, true).close();
  }

  /** Whether the request was made, a second ago at the latest. */
  boolean isMade() {
    if (!made && isDue()) {
      look();
    }
    return made;
  }

  /** Whether rows that are still in flight are to be given up. */
  boolean isOverdue() {
    return isMade() && nanoClock.getAsLong() - madeNanos >= graceNanos;
  }

  private boolean isDue() {
    return !looked || nanoClock.getAsLong() - lookedNanos >= LOOK_NANOS;
  }

  private void look() {
    try {
      made = file.getFileSystem(hadoop).exists(file);
    } catch (IOException e) {
      // The journal's own writes decide whether the store is good enough to go on.
      if (!warned) {
        LOG.warn("Whether {} exists cannot be told; the task goes on and looks again.", file, e);
        warned = true;
      }
    }
    looked = true;
    lookedNanos = nanoClock.getAsLong();
    madeNanos = lookedNanos;
  }
}
