package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver of its own that is killed in the middle, with no chance to tidy up. */
@Tag("slow")
class KilledDriverTest {
  private static final int ROWS = 30;

  /** So many shards that most are still waiting when the first has ended. */
  private static final String SHARDS = "--partitions=30";

  @TempDir Path folder;

  @Test
  void theSameCommandGoesOnAndThenHasNothingToDo() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local[2]", generate(input, output, "--id-col=id", SHARDS))) {
      assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
      driver.process().destroyForcibly();
      assertThat(driver.awaitEnd()).isTrue();
    }
    assertThat(output.resolve("_drex/lock.json")).as("nobody tidied up").exists();
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();

    Result status = TestJob.run("status", output.toString(), "--exit-code");
    assertThat(status.out()).contains("lost: its process died while it was generating");
    assertThat(status.code()).isEqualTo(ExitCode.LOST);

    Result resumed = TestJob.run(generate(input, output, "--id-col=id", SHARDS));
    assertThat(resumed.err()).isEmpty();
    assertThat(resumed.code()).isEqualTo(ExitCode.OK);
    assertThat(ResumeTest.computed(resumed)).isBetween(1, ROWS - 1);
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));

    Result again = TestJob.run(generate(input, output, "--id-col=id", SHARDS));
    assertThat(ResumeTest.computed(again)).isZero();
  }
}
