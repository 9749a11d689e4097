package io.drex.job.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Timer;
import java.util.TimerTask;
import org.apache.spark.SparkEnv;
import org.jspecify.annotations.Nullable;

/** What may stop a run from outside: its deadline, and SIGTERM where the process is the run's. */
final class StopSources implements AutoCloseable {
  private final RunStop run;
  private final Timer timer = new Timer("drex-deadline", true);
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
    timer.cancel();
    if (signal != null) {
      signal.close();
    }
  }

  private void at(Instant deadline) {
    TimerTask stop =
        new TimerTask() {
          @Override
          public void run() {
            run.request(RunStop.Reason.DEADLINE);
          }
        };
    timer.schedule(stop, Math.max(0, Duration.between(Instant.now(), deadline).toMillis()));
  }
}
