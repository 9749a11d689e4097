package io.drex.job;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs beside {@code generate}. */
class VerbsTest {
  @TempDir Path folder;

  @Test
  void statusTurnsTheVerdictIntoTheExitCode() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(2));
    Path output = folder.resolve("out");
    TestJob.run(generate(input, output, "--device=sim:noop", "--id-col=none"));

    Result plain = TestJob.run("status", output.toString());
    assertThat(plain.code()).isEqualTo(ExitCode.OK);
    assertThat(plain.out()).contains("failed, exit code 6").contains("not complete");
    assertThat(TestJob.run("status", output.toString(), "--exit-code").code())
        .isEqualTo(ExitCode.INPUT);

    TestJob.run(generate(input, output, "--device=sim:noop"));
    Result finished = TestJob.run("status", output.toString(), "--exit-code");
    assertThat(finished.code()).isEqualTo(ExitCode.OK);
    assertThat(finished.out()).contains("finished, exit code 0").contains("complete (there is");
  }

  @Test
  void statusOfARunWithoutVerdictIsAFailure() throws IOException {
    Files.createDirectories(folder.resolve("_drex"));
    Files.writeString(
        folder.resolve("_drex/status.json"),
        "{\"state\": \"running\", \"phase\": \"generating\", \"runId\": \"r\","
            + " \"updatedAt\": \"2026-01-01T00:00:00Z\"}");
    Result result = TestJob.run("status", folder.toString(), "--exit-code");

    assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(result.out()).contains("running: generating; last sign of life ");
  }

  @Test
  void statusNeedsAnOutput() {
    assertThat(TestJob.run("status").err()).contains("status needs the output's folder");
    Result nothing = TestJob.run("status", folder.resolve("none").toString());
    assertThat(nothing.code()).isEqualTo(ExitCode.USAGE);
    assertThat(nothing.err()).contains("no run has written to");
  }

  @Test
  void doctorTellsWhatIsWrongAndWhatToDo() {
    Result result = TestJob.run("doctor", "--device=cuda");

    assertThat(result.out()).contains("ok    java").contains("ok    tokenizers");
    assertThat(result.out()).containsPattern("(?m)^fail  device      cuda: .* → .+$");
    assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(TestJob.run("doctor", "--device=cpu:scalar").code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void modelCheckMeasuresTheRamps() {
    Result result =
        TestJob.run("model-check", "--model=bundled:", "--device=cpu:scalar", "--threads=1");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("8 layers of 128")
        .containsPattern("ramp 2 +max_prob, threshold 0.9: its token is the full depth's for \\d+")
        .containsPattern(
            "exits +of \\d+ tokens \\d+\\.\\d % at 2, .* % at full depth; mean depth \\d\\.")
        .containsPattern("work per token \\d+\\.\\d % of full depth's")
        .doesNotContain("WARNING");
  }

  @Test
  void modelCheckWarnsOfRampsThatWereNotTrained() throws IOException {
    // Depth 1 was not trained, and this threshold lets every token out there.
    Path loose = folder.resolve("loose.json");
    Files.writeString(
        loose, "{\"ramps\": [{\"depth\": 1, \"metric\": \"max_prob\", \"threshold\": 0.0}]}");
    Result result =
        TestJob.run("model-check", "--model=bundled:", "--ramps=" + loose, "--device=cpu:scalar");

    assertThat(result.out())
        .contains("WARNING   the ramp at depth 1 seems untrained")
        .contains("100.0 % of tokens pass");
  }

  @Test
  void printConfigShowsWhatWouldRun() {
    Result result =
        TestJob.run("generate", "--model=s3a://id:c4n4ry@bucket/m", "--slots=7", "--print-config");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("\"slots\" : \"7\"").doesNotContain("c4n4ry");
  }
}
