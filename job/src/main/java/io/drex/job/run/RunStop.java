package io.drex.job.run;

import io.drex.spark.StopRequest;
import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a run is to stop before its rows are done, and why; tells its tasks. The first reason
 * counts. Any thread.
 */
final class RunStop {
  private static final Logger LOG = LoggerFactory.getLogger(RunStop.class);

  private final Configuration hadoop;
  private @Nullable Reason reason;
  private @Nullable Path file; // null while no tasks run
  private boolean told;

  RunStop(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** What stops a run. */
  enum Reason {
    DEADLINE("the deadline has come"),
    SIGNAL("the process was asked to end (SIGTERM)"),
    ERRORS("more than the share --max-error-rate of the rows failed");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /** Asks the run to stop. */
  synchronized void request(Reason why) {
    if (reason == null) {
      reason = why;
      LOG.warn("Stopping: {}. Rows in flight are finished, others are left.", why.text());
    }
    tell();
  }

  /** Why the run is to stop, if it is. */
  synchronized Optional<Reason> reason() {
    return Optional.ofNullable(reason);
  }

  /**
   * Tasks run from now on.
   *
   * @param stopFile what they look at
   */
  synchronized void tasksLookAt(Path stopFile) {
    file = stopFile;
    tell();
  }

  /** Tells the tasks, if they are to be told and were not; to be called again from time to time. */
  synchronized void tell() {
    if (reason == null || file == null || told) {
      return;
    }
    try {
      StopRequest.make(file, hadoop);
      told = true;
    } catch (IOException e) {
      LOG.warn("The tasks cannot be told to stop, as {} cannot be written; trying again.", file, e);
    }
  }
}
