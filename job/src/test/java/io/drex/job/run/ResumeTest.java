package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeTest {
  private static final int ROWS = 60;

  /** So many shards that most are still waiting when the first has ended. */
  private static final String SHARDS = "--partitions=30";

  @TempDir Path folder;

  @Test
  void anInterruptedRunGoesOnAndEqualsTheUndisturbedOne() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    Result interrupted = interruptAfterFirstJournalFile(input, output);
    assertThat(interrupted.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(interrupted.err()).contains("finished rows are kept, and the same command goes on");
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();
    assertThat(output.resolve("data")).doesNotExist();

    Result resumed = TestJob.run(generate(input, output, "--id-col=id"));
    assertThat(resumed.code()).isEqualTo(ExitCode.OK);
    assertThat(computed(resumed)).isBetween(1, ROWS - 1);
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
    assertThat(output.resolve("_drex/manifest.json")).exists();
    assertThat(output.resolve("_drex/journal")).doesNotExist();
  }

  private static Result interruptAfterFirstJournalFile(Path input, Path output) {
    CompletableFuture<Result> running =
        CompletableFuture.supplyAsync(
            () -> TestJob.run(generate(input, output, "--id-col=id", SHARDS)));
    long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
    while (!running.isDone()
        && !DriverProcess.hasJournalFile(output)
        && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    TestJob.spark().sparkContext().cancelAllJobs();
    return running.join();
  }

  /** Rows that a run says it computed. */
  static int computed(Result result) {
    Matcher figure =
        Pattern.compile("(\\d+) of \\d+ asked for were computed").matcher(result.out());
    assertThat(figure.find()).isTrue();
    return Integer.parseInt(figure.group(1));
  }
}
