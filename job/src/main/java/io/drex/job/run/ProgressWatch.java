package io.drex.job.run;

import io.drex.job.output.Progress;
import io.drex.job.output.StatusFile;
import io.drex.spark.ProgressCounters;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells every 30 s how far the run is, and stops it when too many rows fail. Open while the action
 * runs.
 */
final class ProgressWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressWatch.class);
  private static final int TELL_SECONDS = 30;
  private static final int LOOK_SECONDS = 5;

  /** Below this many rows an error rate says nothing. */
  private static final int MIN_ROWS_FOR_RATE = 100;

  private final SparkContext context;
  private final String jobGroup;
  private final StatusFile status;
  private final ProgressListener listener;
  private final long total;
  private final double maxErrorRate;
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "drex-progress");
            thread.setDaemon(true);
            return thread;
          });
  private int looks;
  private volatile boolean tooManyErrors;

  private ProgressWatch(
      SparkContext context,
      String jobGroup,
      StatusFile status,
      ProgressCounters counters,
      long total,
      double maxErrorRate) {
    this.context = context;
    this.jobGroup = jobGroup;
    this.status = status;
    this.listener = new ProgressListener(counters);
    this.total = total;
    this.maxErrorRate = maxErrorRate;
  }

  /**
   * Starts watching.
   *
   * @param jobGroup what to cancel when too many rows fail
   * @param total rows to do
   * @param maxErrorRate share of error rows above which the group is cancelled
   */
  static ProgressWatch open(
      SparkContext context, String jobGroup, StatusFile status, long total, double maxErrorRate) {
    ProgressCounters counters = ProgressCounters.register(context);
    ProgressWatch watch =
        new ProgressWatch(context, jobGroup, status, counters, total, maxErrorRate);
    context.addSparkListener(watch.listener);
    watch.timer.scheduleWithFixedDelay(watch::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    status.generating(watch.progress());
    return watch;
  }

  /** What tasks count with. */
  ProgressCounters counters() {
    return listener.counters();
  }

  /** Whether this watch cancelled the run. */
  boolean tooManyErrors() {
    return tooManyErrors;
  }

  Progress progress() {
    return new Progress(
        listener.rows(),
        total,
        listener.errors(),
        listener.tokens(),
        listener.depthSum(),
        (System.nanoTime() - startNanos) / 1e9);
  }

  @Override
  public void close() {
    timer.shutdownNow();
    context.removeSparkListener(listener);
  }

  private void look() {
    Progress progress = progress();
    try {
      if (++looks % (TELL_SECONDS / LOOK_SECONDS) == 0) {
        LOG.info("{}", progress.line());
        status.generating(progress);
      }
    } catch (RuntimeException e) {
      // A store that refuses a status file for a while must not end the watch.
      LOG.warn("The status file could not be written; trying again.", e);
    }
    if (exceeds(progress.errors(), progress.done(), maxErrorRate) && !tooManyErrors) {
      tooManyErrors = true;
      LOG.warn("Stopping: {} of {} rows failed.", progress.errors(), progress.done());
      context.cancelJobGroup(jobGroup);
    }
  }

  static boolean exceeds(long errors, long rows, double maxErrorRate) {
    return rows >= MIN_ROWS_FOR_RATE && errors > maxErrorRate * rows;
  }
}
