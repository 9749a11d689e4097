package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** J23: a driver of its own with two executors, one of which is told that it has to go. */
@Tag("slow")
class DecommissionTest {
  private static final int ROWS = 30;

  @TempDir Path folder;

  @Test
  void aDecommissionedExecutorFinishesItsTasks() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    String[] command = generate(input, output, "--id-col=id", "--partitions=8");
    List<String> decommission =
        List.of("-Dspark.decommission.enabled=true", "-Dspark.storage.decommission.enabled=true");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local-cluster[2,1,1024]", decommission, command)) {
      assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
      Optional<ProcessHandle> executor =
          DriverProcess.executors(driver.process().toHandle()).findAny();
      assertThat(executor).isPresent();
      signal(executor.get(), "PWR");
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue())
          .as("the driver said %s", driver.log())
          .isEqualTo(ExitCode.OK.number());
    }
    assertThat(TestJob.data(output).filter("attempt > 0").count()).as("rows run again").isZero();
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
  }

  private static void signal(ProcessHandle process, String name)
      throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-s", name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(kill.exitValue()).isZero();
  }
}
