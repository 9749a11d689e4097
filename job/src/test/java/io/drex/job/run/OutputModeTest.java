package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of results that are already there. */
class OutputModeTest {
  private static final int ROWS = 6;
  private static final String OVERWRITE = "--mode=overwrite";

  @TempDir Path folder;
  private Path input = Path.of("");
  private Path output = Path.of("");

  @BeforeEach
  void makeInput() throws IOException {
    input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    output = folder.resolve("out");
  }

  @Test
  void errorRefusesAnOutputThatHoldsAnything() throws IOException {
    assertThat(run("--mode=error").code()).isEqualTo(ExitCode.OK);
    String status = Files.readString(output.resolve("_drex/status.json"));
    Result again = run("--mode=error");

    assertThat(again.code()).isEqualTo(ExitCode.USAGE);
    assertThat(again.err())
        .contains("--mode error: ")
        .contains(
            "already holds _drex/manifest.json, _drex/report.html, _drex/metrics.parquet, errors,"
                + " data, _drex/runs, _drex/fingerprint.json, _drex/status.json")
        .contains("(--mode resume)");
    assertThat(output.resolve("_drex/status.json")).as("untouched").hasContent(status);
    assertThat(TestJob.data(output).count()).isEqualTo(ROWS);
  }

  @Test
  void overwriteReplacesResultsOfOtherSettings() throws IOException {
    run("--limit=4");
    assertThat(run("--prompt=Say {article}").err()).contains("or replace these results by --mode");
    Files.writeString(output.resolve("notes.txt"), "mine");
    Files.writeString(output.resolve("_drex/notes.txt"), "mine");
    Result replaced = run(OVERWRITE, "--prompt=Say {article}", "--keep=topic");

    assertThat(replaced.err()).isEmpty();
    assertThat(ResumeTest.computed(replaced)).isEqualTo(ROWS);
    assertThat(TestJob.hashes(output)).hasSize(ROWS);
    assertThat(TestJob.data(output).select("fingerprint").distinct().count()).isEqualTo(1);
    assertThat(output.resolve("notes.txt")).hasContent("mine");
    assertThat(output.resolve("_drex/notes.txt")).hasContent("mine");
    assertThat(output.resolve("_drex/removal.json")).doesNotExist();
    try (Stream<Path> runs = Files.list(output.resolve("_drex/runs"))) {
      assertThat(runs).as("only the new run").hasSize(1);
    }
  }

  @Test
  void overwriteOfNothingIsAFreshRun() {
    assertThat(run(OVERWRITE).code()).isEqualTo(ExitCode.OK);
    assertThat(TestJob.data(output).count()).isEqualTo(ROWS);
  }

  @Test
  void overwriteRefusesAFolderOfOthers() throws IOException {
    Path data = Files.createDirectories(output.resolve("data"));
    Files.writeString(data.resolve("part-0.parquet"), "mine");
    Result refused = run(OVERWRITE);

    assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
    assertThat(refused.err())
        .contains("holds data and no _drex, so no run of this program made it");
    assertThat(data.resolve("part-0.parquet")).hasContent("mine");
    assertThat(output.resolve("_drex")).doesNotExist();
  }

  @Test
  void aTableWithoutAFingerprintIsNotOurs() throws IOException {
    Files.createDirectories(output.resolve("_drex")); // left by a run that failed before it began
    Path data = Files.createDirectories(output.resolve("data"));
    Files.writeString(data.resolve("part-0.parquet"), "mine");

    for (String mode : List.of("--mode=resume", OVERWRITE)) {
      Result refused = run(mode);
      assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err()).contains("/data is there, but not ").contains("fingerprint.json");
    }
    assertThat(data.resolve("part-0.parquet")).hasContent("mine");
  }

  @Test
  void filesOfOthersInATableAreNeitherReadNorRemoved() throws IOException {
    run();
    Files.writeString(output.resolve("data/mine.parquet"), "mine");

    for (String mode : List.of("--mode=resume", OVERWRITE)) {
      Result refused = run(mode);
      assertThat(refused.code()).isEqualTo(ExitCode.USAGE);
      assertThat(refused.err())
          .contains("holds files that no run of this program made: data/mine.parquet");
    }
    assertThat(output.resolve("_drex/manifest.json")).exists();
    assertThat(output.resolve("data/mine.parquet")).hasContent("mine");
  }

  @Test
  void badInputKeepsTheOldResults() {
    run();
    Result refused = run(OVERWRITE, "--prompt={articel}");

    assertThat(refused.code()).isEqualTo(ExitCode.INPUT);
    assertThat(TestJob.data(output).count()).isEqualTo(ROWS);
    assertThat(output.resolve("_drex/manifest.json")).exists();
  }

  @Test
  void aRemovalThatACrashCutShortIsCompletedByTheNextRun() throws IOException {
    run("--max-new-tokens=3");
    String old = fingerprints().get(0);
    // As a crash leaves it: announced, the manifest gone, a part of the table still there.
    Files.writeString(output.resolve("_drex/removal.json"), "{\"runId\": \"dead\"}");
    Files.delete(output.resolve("_drex/manifest.json"));
    Result refused = run("--mode=error");
    assertThat(refused.err()).contains("_drex/removal.json");
    Result resumed = run();

    assertThat(resumed.err()).as("the old settings do not matter any more").isEmpty();
    assertThat(ResumeTest.computed(resumed)).isEqualTo(ROWS);
    assertThat(fingerprints()).hasSize(1).doesNotContain(old);
    assertThat(output.resolve("_drex/removal.json")).doesNotExist();
  }

  private List<String> fingerprints() {
    return TestJob.data(output).select("fingerprint").distinct().collectAsList().stream()
        .map((Row row) -> row.getString(0))
        .toList();
  }

  private Result run(String... more) {
    String[] words =
        Stream.concat(Stream.of("--id-col=id", "--device=sim:noop"), Stream.of(more))
            .toArray(String[]::new);
    return TestJob.run(generate(input, output, words));
  }
}
