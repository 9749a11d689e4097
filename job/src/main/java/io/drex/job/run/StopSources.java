package io.drex.job.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/** What may stop a run from outside: its deadline, and SIGTERM where the process is the run's. */
final class StopSources implements AutoCloseable {
  private final RunStop run;

  /** Its clock is monotonic: a deadline does not move when the machine's clock is set. */
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "drex-deadline");
            thread.setDaemon(true);
            return thread;
          });

  private final @Nullable TerminationSignal signal;

  private StopSources(RunStop run, @Nullable TerminationSignal signal) {
    this.run = run;
    this.signal = signal;
  }

  /** Listens until closed. */
  static StopSources listen(RunStop run, Optional<Instant> deadline) {
    boolean own = SparkEnv.get() == null; // else a notebook's, which SIGTERM must end as before
    TerminationSignal signal =
        own ? TerminationSignal.handle(() -> run.request(RunStop.Reason.SIGNAL)) : null;
    StopSources sources = new StopSources(run, signal);
    deadline.ifPresent(sources::at);
    return sources;
  }

  /** The run that they stop. */
  RunStop run() {
    return run;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    if (signal != null) {
      signal.close();
    }
  }

  private void at(Instant deadline) {
    long millis = Math.max(0, Duration.between(Instant.now(), deadline).toMillis());
    timer.schedule(() -> run.request(RunStop.Reason.DEADLINE), millis, TimeUnit.MILLISECONDS);
  }
}
