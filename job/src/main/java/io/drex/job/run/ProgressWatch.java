package io.drex.job.run;

import io.drex.job.output.Pace;
import io.drex.job.output.Progress;
import io.drex.job.output.StatusFile;
import io.drex.spark.ProgressCounters;
import java.util.List;
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
  private final StatusFile status;
  private final ProgressListener listener;
  private final Progress.Work work;
  private final double maxErrorRate;
  private final RunStop stop;
  private final Pace pace = new Pace();
  private final long startNanos = System.nanoTime();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "drex-progress");
            thread.setDaemon(true);
            return thread;
          });
  private int looks;

  private ProgressWatch(
      SparkContext context,
      StatusFile status,
      Progress.Work work,
      double maxErrorRate,
      RunStop stop) {
    this.context = context;
    this.status = status;
    this.listener = new ProgressListener(ProgressCounters.register(context));
    this.work = work;
    this.maxErrorRate = maxErrorRate;
    this.stop = stop;
  }

  /**
   * Starts watching.
   *
   * @param maxErrorRate share of error rows above which the run is to stop
   * @param stop is asked for then
   */
  static ProgressWatch open(
      SparkContext context,
      StatusFile status,
      Progress.Work work,
      double maxErrorRate,
      RunStop stop) {
    ProgressWatch watch = new ProgressWatch(context, status, work, maxErrorRate, stop);
    context.addSparkListener(watch.listener);
    watch.timer.scheduleWithFixedDelay(watch::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS);
    Progress progress = watch.progress();
    watch.pace.read(progress);
    status.generating(progress);
    return watch;
  }

  /** What tasks count with. */
  ProgressCounters counters() {
    return listener.counters();
  }

  Progress progress() {
    return new Progress(listener.done(), work, (System.nanoTime() - startNanos) / 1e9);
  }

  /** Generated tokens per second so far, over the time. */
  List<Pace.Reading> speeds() {
    pace.end(progress());
    return pace.perSecond();
  }

  @Override
  public void close() {
    timer.shutdownNow();
    context.removeSparkListener(listener);
  }

  private void look() {
    Progress progress = progress();
    pace.read(progress);
    try {
      if (++looks % (TELL_SECONDS / LOOK_SECONDS) == 0) {
        LOG.info("{}", progress.line());
        status.generating(progress);
      }
    } catch (RuntimeException e) {
      // A store that refuses a status file for a while must not end the watch.
      LOG.warn("The status file could not be written; trying again.", e);
    }
    if (exceeds(progress.done().errors(), progress.done().rows(), maxErrorRate)) {
      stop.request(RunStop.Reason.ERRORS);
    }
    stop.tell();
  }

  static boolean exceeds(long errors, long rows, double maxErrorRate) {
    return rows >= MIN_ROWS_FOR_RATE && errors > maxErrorRate * rows;
  }
}
