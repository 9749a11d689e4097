package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver of its own with two executor processes, one of which is killed in the middle. */
@Tag("slow")
class LostExecutorTest {
  private static final int ROWS = 30;

  @TempDir Path folder;

  @Test
  void aKilledExecutorChangesNothing() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    try (DriverProcess driver =
        DriverProcess.start(
            folder,
            "local-cluster[2,1,1024]",
            generate(input, output, "--id-col=id", "--partitions=8"))) {
      assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
      // The driver starts executors and nothing else; long command lines cannot be read back.
      Optional<ProcessHandle> executor = driver.process().children().findAny();
      assertThat(executor).isPresent();
      assertThat(executor.get().destroyForcibly()).isTrue();
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue()).as("the driver said %s", driver.log()).isZero();
    }

    Path undisturbed = folder.resolve("undisturbed");
    TestJob.run(generate(input, undisturbed, "--id-col=id"));
    assertThat(TestJob.hashes(output)).hasSize(ROWS).isEqualTo(TestJob.hashes(undisturbed));
  }
}
