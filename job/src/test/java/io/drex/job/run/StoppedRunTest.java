package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** J5: a run that is stopped keeps what it has and goes on later. */
class StoppedRunTest {
  private static final int ROWS = 30;

  @TempDir Path folder;
  private Path input = Path.of("");
  private Path output = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    output = folder.resolve("out");
  }

  @Test
  void aDeadlineStopsTheRunWhichTheSameCommandCompletes() throws IOException {
    String[] command = generate(input, output, "--id-col=id", "--device=sim:noop");
    Result stopped =
        TestJob.run(
            generate(input, output, "--id-col=id", "--device=sim:noop", "--deadline=0.001s"));
    assertThat(stopped.code()).isEqualTo(ExitCode.STOPPED);
    assertThat(stopped.err())
        .contains(
            "stopped because the deadline has come: this run finished 0 of 30 rows; they are kept,"
                + " and the same command computes the rest");
    assertStopped();

    Result resumed = TestJob.run(command);
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.OK);
    assertThat(TestJob.hashes(output)).hasSize(ROWS);
  }

  @Test
  void aDeadlineInThePastIsAnError() {
    Result result = TestJob.run(generate(input, output, "--deadline=2020-01-31T06:00:00Z"));
    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err()).contains("the moment of --deadline, 2020-01-31T06:00:00Z, has passed");
    assertThat(output).doesNotExist();
  }

  /** J20: so many rows that the rate is seen before they are done; the long ones come first. */
  @Tag("slow")
  @Test
  void tooManyErrorsStopTheRunEarly() throws IOException {
    List<String> lines = new ArrayList<>(List.of(TestJob.articles(2000)));
    for (int i = 0; i < 200; i++) {
      lines.add("{\"id\": \"long-" + i + "\", \"article\": \"" + "long ".repeat(2000) + "\"}");
    }
    input = TestJob.lines(folder.resolve("in.jsonl"), lines.toArray(String[]::new));
    Result result =
        TestJob.run(
            generate(input, output, "--id-col=id", "--partitions=20", "--max-error-rate=0.05"));

    assertThat(result.code()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(result.err())
        .containsPattern(
            "stopped because more than the share --max-error-rate of the rows failed"
                + " \\{PROMPT_TOO_LONG=\\d+}: this run finished \\d+ of 2200 rows");
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();
    assertThat(TestJob.data(output).count()).isBetween(100L, 2199L);
  }

  @Tag("slow")
  @Test
  void sigtermFinishesTheRowsInFlightAndLeavesTheOthers() throws Exception {
    String[] command = generate(input, output, "--id-col=id", "--partitions=30");
    try (DriverProcess driver = DriverProcess.start(folder, "local[2]", command)) {
      assertThat(driver.awaitJournalFile(output)).as("the driver said %s", driver.log()).isTrue();
      driver.process().destroy(); // SIGTERM
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue())
          .as("the driver said %s", driver.log())
          .isEqualTo(ExitCode.STOPPED.number());
    }
    assertStopped();
    assertThat(output.resolve("_drex/lock.json")).as("the lock is given back").doesNotExist();
    int kept = TestJob.hashes(output).size();
    assertThat(kept).isBetween(1, ROWS - 1);

    Result resumed = TestJob.run(command);
    assertThat(resumed.code()).as(resumed.err()).isEqualTo(ExitCode.OK);
    assertThat(ResumeTest.computed(resumed)).as("nothing is computed twice").isEqualTo(ROWS - kept);
    assertThat(TestJob.hashes(output)).isEqualTo(UndisturbedRun.hashes(ROWS));
  }

  private void assertStopped() throws IOException {
    JsonNode status = JsonFile.mapper().readTree(output.resolve("_drex/status.json").toFile());
    assertThat(status.path("state").asText()).isEqualTo("stopped");
    assertThat(status.path("exitCode").asInt()).isEqualTo(4);
    assertThat(output.resolve("_drex/manifest.json")).doesNotExist();
  }
}
