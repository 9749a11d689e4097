package io.drex.job.history;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.run.DriverProcess;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.apache.spark.sql.SparkSession;

/**
 * A driver with executor processes that goes through schedules of faults, one after the other, and
 * ends with exit code 0 if the history of each is as it has to be. Arguments: the folder with the
 * input and the undisturbed output, and the schedules' seeds.
 */
final class FaultCluster {
  /** Runs after this one have no faults. */
  private static final int FAULTY_RUNS = 3;

  private final Path folder;
  private final SparkSession spark;
  private final Map<String, TableRow> reference;
  private final AtomicLong lastTask = new AtomicLong(-1);
  private final AtomicInteger kills = new AtomicInteger(); // that hit something, of a schedule

  private FaultCluster(Path folder, SparkSession spark) throws IOException {
    this.folder = folder;
    this.spark = spark;
    reference = History.reference(FaultyJob.undisturbed(folder));
  }

  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    long[] seeds = LongStream.range(1, arguments.length).toArray();
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Long.parseLong(arguments[i + 1]);
    }
    SparkSession spark = // before TestJob takes the session that there is
        SparkSession.builder().appName("faults").getOrCreate();
    FaultCluster cluster = new FaultCluster(folder, spark);
    cluster.listen();
    boolean isGood = true;
    for (long seed : seeds) {
      isGood &= cluster.run(FaultSchedule.of(seed));
    }
    spark.stop();
    System.exit(isGood ? 0 : 1);
  }

  private void listen() {
    spark
        .sparkContext()
        .addSparkListener(
            new SparkListener() {
              @Override
              public void onTaskStart(SparkListenerTaskStart start) {
                lastTask.set(start.taskInfo().taskId());
              }
            });
  }

  private boolean run(FaultSchedule schedule) throws IOException, InterruptedException {
    long start = System.nanoTime();
    Path output = folder.resolve("out-" + schedule.seed());
    int runs = 0;
    kills.set(0);
    Timer timer = killing(schedule);
    try (History history = History.watch(output, reference)) {
      Result result;
      do {
        if (++runs > FAULTY_RUNS) {
          timer.cancel();
        }
        result = disturbed(schedule, output, runs);
      } while (runs <= FAULTY_RUNS && (result.code() != ExitCode.OK || History.errors(output) > 0));
      history.checkEnd();
      System.out.println(
          (history.violations().isEmpty() && result.code() == ExitCode.OK ? "GOOD " : "BAD ")
              + schedule
              + ": "
              + runs
              + " runs, "
              + kills
              + " kills, "
              + history.summary()
              + ", "
              + (System.nanoTime() - start) / 1_000_000
              + " ms, "
              + history.violations()
              + (result.code() == ExitCode.OK ? "" : result.err()));
      return history.violations().isEmpty() && result.code() == ExitCode.OK;
    } finally {
      timer.cancel();
    }
  }

  private Result disturbed(FaultSchedule schedule, Path output, int run) throws IOException {
    if (run > FAULTY_RUNS) {
      return TestJob.run(FaultyJob.command(folder, output));
    }
    try {
      FaultyJob.failStore(folder, schedule.storeFaults());
      return TestJob.run(FaultyJob.command(folder, output));
    } finally {
      FaultyJob.failStore(folder, 0);
    }
  }

  /** Kills at the schedule's times after now, in whichever run that is. */
  private Timer killing(FaultSchedule schedule) {
    Timer timer = new Timer("faults", true);
    schedule.executorKills().forEach(millis -> at(timer, millis, this::killExecutor));
    schedule.taskKills().forEach(millis -> at(timer, millis, this::killTask));
    return timer;
  }

  private static void at(Timer timer, int millis, Runnable fault) {
    timer.schedule(
        new TimerTask() {
          @Override
          public void run() {
            fault.run();
          }
        },
        millis);
  }

  private void killExecutor() {
    if (DriverProcess.executors(ProcessHandle.current())
        .findAny()
        .filter(ProcessHandle::destroyForcibly)
        .isPresent()) {
      kills.incrementAndGet();
    }
  }

  private void killTask() {
    if (spark.sparkContext().killTaskAttempt(lastTask.get(), true, "injected")) {
      kills.incrementAndGet();
    }
  }
}
