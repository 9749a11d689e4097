package io.drex.job.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.run.DriverProcess;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Jobs of 2,000 rows under random faults: killed executors, tasks and drivers, and a store whose
 * calls fail. Each is run until it succeeds and watched all the time; see {@link History} for the
 * laws. {@code -Ddrex.test.schedules=30} runs so many, from seed 0 on.
 */
@Tag("slow")
class FaultScheduleTest {
  private static final int SCHEDULES = Integer.getInteger("drex.test.schedules", 6);
  private static final int LIMIT_MINUTES = 20;

  @TempDir static Path folder;

  @BeforeAll
  static void prepare() throws IOException {
    FaultyJob.prepare(folder);
    assertThat(History.reference(FaultyJob.undisturbed(folder))).hasSize(FaultyJob.ROWS);
  }

  @Test
  void executorsTasksAndTheStoreMayFail() throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    LongStream.range(0, SCHEDULES)
        .filter(seed -> !FaultSchedule.killsDrivers(seed))
        .forEach(seed -> arguments.add(Long.toString(seed)));
    List<String> properties = new ArrayList<>(FaultyJob.properties(folder));
    properties.add("-Dspark.task.maxFailures=8");
    Path own = Files.createDirectories(folder.resolve("cluster"));
    try (DriverProcess cluster =
        DriverProcess.start(
            own,
            "local-cluster[2,1,1024]",
            properties,
            FaultCluster.class,
            arguments.toArray(String[]::new))) {
      assertThat(cluster.process().waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)).isTrue();
      List<String> verdicts =
          cluster
              .log()
              .lines()
              .filter(line -> line.startsWith("GOOD ") || line.startsWith("BAD "))
              .toList();
      verdicts.forEach(System.out::println);
      assertThat(verdicts).hasSize(arguments.size() - 1).allMatch(line -> line.startsWith("GOOD "));
      assertThat(cluster.process().exitValue()).isZero();
    }
  }

  @Test
  void driversMayBeKilled() throws IOException, InterruptedException {
    Map<String, TableRow> reference = History.reference(FaultyJob.undisturbed(folder));
    for (long seed = 0; seed < SCHEDULES; seed++) {
      if (FaultSchedule.killsDrivers(seed)) {
        killDriver(FaultSchedule.of(seed), reference);
      }
    }
  }

  private static void killDriver(FaultSchedule schedule, Map<String, TableRow> reference)
      throws IOException, InterruptedException {
    Path output = folder.resolve("out-" + schedule.seed());
    try (History history = History.watch(output, reference)) {
      FaultyJob.failStore(folder, schedule.storeFaults());
      Path own = Files.createDirectories(folder.resolve("driver-" + schedule.seed()));
      for (int moment : schedule.driverKills()) {
        try (DriverProcess driver =
            DriverProcess.start(
                own, "local[2]", FaultyJob.properties(folder), FaultyJob.command(folder, output))) {
          boolean ended =
              !driver.awaitFile(output.resolve("_drex/status.json")) // the store's doing
                  || driver.process().waitFor(moment, TimeUnit.MILLISECONDS);
          System.out.println(schedule + (ended ? ": ended before it was killed" : ": killed"));
          driver.process().destroyForcibly();
          assertThat(driver.awaitEnd()).isTrue();
        }
      }
      FaultyJob.failStore(folder, 0);
      Result resumed = TestJob.run(FaultyJob.calmCommand(folder, output));
      assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.OK);
      history.checkEnd();
      System.out.println(schedule + ": " + history.summary());
      assertThat(history.violations()).as("%s", schedule).isEmpty();
    }
  }
}
