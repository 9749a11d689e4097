package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.output.OutputLayout;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** J6: two runs that want one output. */
class TwoRunsTest {
  private static final int ROWS = 30;

  @TempDir Path folder;
  private Path input = Path.of("");
  private Path output = Path.of("");

  @BeforeEach
  void makeInput() throws IOException {
    input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    output = folder.resolve("out");
  }

  @Test
  void theSecondFailsFastAndTheFirstIsUnaffected() {
    CompletableFuture<Result> first = startUntilJournalFile();
    Result second = TestJob.run(command());

    assertThat(second.code()).isEqualTo(ExitCode.USAGE);
    assertThat(second.err())
        .contains("run 20")
        .contains("writes to this output; wait for it, or end it. Its lock is file:" + output);
    Result result = first.join();
    assertThat(result.err()).isEmpty();
    assertThat(ResumeTest.computed(result)).isEqualTo(ROWS);
    assertThat(TestJob.hashes(output)).hasSize(ROWS);
  }

  @Test
  void aRunWhoseLockWasTakenOverStopsAndPublishesNothing() throws IOException {
    CompletableFuture<Result> first = startUntilJournalFile();
    Path statusFile = output.resolve("_drex/status.json");
    takeLockOver();
    Result result = first.join();

    assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(result.err()).contains("another run took over the lock file:" + output);
    assertThat(output.resolve("data")).doesNotExist();
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();
    assertThat(output.resolve("_drex/lock.json")).content().contains("the-other");
    assertThat(Files.readString(statusFile)).as("no verdict").contains("\"running\"");

    Files.delete(output.resolve("_drex/lock.json"));
    Result resumed = TestJob.run(command());
    assertThat(resumed.err()).isEmpty();
    assertThat(ResumeTest.computed(resumed)).isLessThan(ROWS);
    assertThat(TestJob.hashes(output)).hasSize(ROWS);
  }

  private void takeLockOver() {
    Configuration hadoop = new Configuration();
    OutputLayout layout = OutputLayout.of(output.toString(), hadoop);
    ObjectNode other = JsonFile.mapper().createObjectNode().put("runId", "the-other");
    JsonFile.replace(layout.lock(), other, hadoop);
  }

  private CompletableFuture<Result> startUntilJournalFile() {
    CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> TestJob.run(command()));
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!running.isDone()
        && !DriverProcess.hasJournalFile(output)
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    assertThat(running.isDone()).as("it still runs").isFalse();
    return running;
  }

  private String[] command() {
    return generate(input, output, "--id-col=id", "--partitions=30");
  }
}
