package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver of its own with executor processes that are killed in the middle. */
@Tag("slow")
class LostExecutorTest {
  private static final int ROWS = 30;

  @TempDir Path folder;
  private Path output = Path.of("");
  private String[] command = {};

  @BeforeEach
  void prepare() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    output = folder.resolve("out");
    command = generate(input, output, "--id-col=id", "--partitions=8");
  }

  @Test
  void aKilledExecutorChangesNothing() throws IOException, InterruptedException {
    try (DriverProcess driver = DriverProcess.start(folder, "local-cluster[2,1,1024]", command)) {
      killAnExecutor(driver, process -> true);
      assertEnd(driver, ExitCode.OK);
    }
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
  }

  @Test
  void anExecutorKilledTwiceIsReplacedTwice() throws IOException, InterruptedException {
    try (DriverProcess driver = DriverProcess.start(folder, "local-cluster[1,1,1024]", command)) {
      long first = killAnExecutor(driver, process -> true);
      killAnExecutor(driver, process -> process.pid() != first);
      assertEnd(driver, ExitCode.OK);
    }
    // A row that ran alone when the second was killed may be taken for the cause, and is tried
    // again.
    assertThat(TestJob.run(command).code()).isEqualTo(ExitCode.OK);
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
  }

  @Test
  void tooManyKilledExecutorsFailTheRunWhichTheSameCommandCompletes()
      throws IOException, InterruptedException {
    List<String> oneFailure = List.of("-Dspark.task.maxFailures=1");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local-cluster[1,1,1024]", oneFailure, command)) {
      killAnExecutor(driver, process -> true);
      assertEnd(driver, ExitCode.FAILURE);
      assertThat(driver.log()).contains("finished rows are kept, and the same command goes on");
    }
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();

    Result resumed = TestJob.run(command);
    assertThat(resumed.err()).isEmpty();
    assertThat(ResumeTest.computed(resumed)).isBetween(1, ROWS - 1);
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
  }

  /** Kills one once a task has published rows; the process's number. */
  private long killAnExecutor(DriverProcess driver, Predicate<ProcessHandle> which) {
    assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
    Optional<ProcessHandle> executor = Optional.empty();
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (executor.isEmpty() && driver.process().isAlive() && System.nanoTime() < deadline) {
      executor = DriverProcess.executors(driver.process().toHandle()).filter(which).findAny();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    assertThat(executor).as("the driver said %s", driver.log()).isPresent();
    assertThat(executor.get().destroyForcibly()).isTrue();
    return executor.get().pid();
  }

  private static void assertEnd(DriverProcess driver, ExitCode code) throws InterruptedException {
    assertThat(driver.awaitEnd()).isTrue();
    assertThat(driver.process().exitValue())
        .as("the driver said %s", driver.log())
        .isEqualTo(code.number());
  }
}
