package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.demo.corpus.ArticleGenerator;
import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.TestSample;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.model.RampFile;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CalibrateVerbTest {
  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void writeInput() throws IOException {
    ArticleGenerator articles = new ArticleGenerator(0);
    String[] lines =
        articles
            .articles(ArticleGenerator.TEST_FIRST, ArticleGenerator.TEST_FIRST + 16)
            .map(
                article ->
                    JsonFile.mapper()
                        .createObjectNode()
                        .put("article", article.article())
                        .put("summary", article.summary()))
            .map(line -> line.toString())
            .toArray(String[]::new);
    input = TestJob.lines(folder.resolve("in.jsonl"), lines);
    output = folder.resolve("ramps.json");
  }

  @Tag("slow")
  @Test
  void writesTheLoosestThresholdsThatKeepTheBudget() throws IOException {
    List<Integer> depths = rampDepths();
    Result result = calibrate("--quality-budget=agreement>=0.7");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .containsPattern("(?m)^ +1 .* certified +" + depths.get(0) + ": ")
        .containsPattern(
            "(?m)^ +1 .* %d: 0\\.\\d+ \\(\\d+\\.\\d %%\\), %d: .* full depth \\(\\d+\\.\\d %%\\)$"
                .formatted(depths.get(0), depths.get(1)))
        .contains("chosen: candidate ", "agreement>=0.7 holds with confidence 95.00 %");
    RampFile file = RampFile.parse(Files.readString(output), "ramps.json");
    assertThat(file.ramps()).extracting(ramp -> ramp.depth()).isEqualTo(depths);
    assertThat(file.trainedFor()).containsExactly("map", "copy");
    assertThat(file.calibration())
        .contains("\"budget\":\"agreement>=0.7\"", "\"heldOutRows\":12", "\"lossBound\":")
        .contains("\"work\":0.", "\"exitShares\":{\"" + depths.get(0) + "\":0.");
    assertThat(Files.readString(folder.resolve("ramps.html")))
        .contains("<svg", "<circle", "agreement&gt;=0.7")
        .doesNotContain("article");
    try (var files = Files.list(folder)) {
      assertThat(files).hasSize(3);
    }
  }

  @Tag("slow")
  @Test
  void certifiesADropOfRougeLAgainstReferences() throws IOException {
    Path record = folder.resolve("losses.csv");
    Result result =
        calibrate("--quality-budget=rougeL>=-30", "--reference=summary", "--record=" + record);

    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("rougeL>=-30 holds with confidence 95.00 %")
        .contains("wrote " + record + "\n");
    RampFile file = RampFile.parse(Files.readString(output), "ramps.json");
    assertThat(file.calibration()).contains("\"budget\":\"rougeL>=-30\"", "\"loss\":");
    List<String> lines = Files.readAllLines(record);
    assertThat(lines).hasSize(2 + 12);
    assertThat(lines.get(0))
        .startsWith("# {")
        .contains("\"budget\":\"rougeL>=-30\"", "\"candidates\":[[");
    int columns = lines.get(1).split(",").length;
    assertThat(sum(lines, columns - 1)).as("loosest depth").isLessThan(sum(lines, 2));
  }

  /** Of a column over the recorded rows. */
  private static double sum(List<String> lines, int column) {
    return lines.stream().skip(2).mapToDouble(row -> number(row, column)).sum();
  }

  private static double number(String row, int column) {
    return Double.parseDouble(row.split(",")[column]);
  }

  @Test
  void tooFewRowsAreInsufficientDataAndWriteNothing() {
    Result result = calibrate("--quality-budget=agreement>=0.98");

    assertThat(result.code()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(result.err())
        .contains("insufficient data", "at least 149 held-out rows", "there are 12", "--rows 199");
    assertThat(output).doesNotExist();
  }

  @Test
  void aLossThatTheRowsCannotExcludeEndsTheWalk() throws IOException {
    // The model does not know such articles; of so few rows, one that loses anything is too many.
    TestJob.lines(input, TestJob.articles(12));
    Result result = calibrate("--quality-budget=agreement>=0.7");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .containsPattern("(?m)^ +1 .* certified +" + rampDepths().get(0) + ": ")
        .containsOnlyOnce(" fails ")
        .containsPattern("chosen: candidate [0-9]+, .*tested on 9 rows");
    assertThat(output).exists();
  }

  @Test
  void withoutATokenThatRampsReadThereIsNothingToTryAndNothingIsWritten() {
    Path record = folder.resolve("losses.csv");
    Result result =
        calibrate("--quality-budget=agreement>=0.7", "--max-new-tokens=1", "--record=" + record);

    assertThat(result.code()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(result.err())
        .contains("there are no thresholds to try", "of the 4 proposing rows", "--max-new-tokens");
    assertThat(record).doesNotExist();
    assertThat(output).doesNotExist();
  }

  @Test
  void looksBeforeItRuns() {
    assertThat(calibrate("--quality-budget=better").code()).isEqualTo(ExitCode.USAGE);
    assertThat(calibrate("--confidence=1").err()).contains("--confidence must be in (0, 1)");
    assertThat(calibrate("--output=" + folder).err()).contains("a name that ends with .json");
    assertThat(calibrate("--model=" + folder.resolve("none")).code()).isEqualTo(ExitCode.ENGINE);
    assertThat(calibrate("--record=losses.txt").err()).contains("ends with .csv or .csv.gz");
    Result column = calibrate("--reference=article_");
    assertThat(column.code()).isEqualTo(ExitCode.INPUT);
    assertThat(column.err()).contains("did you mean 'article'?");
  }

  @Test
  void leavesAnotherRampFileAlone() throws IOException {
    CalibrationFiles files = CalibrationFiles.of(output.toString(), new Configuration());
    files.write("{}", "page");
    files.write("{}", "page 2");
    assertThat(folder.resolve("ramps.html")).hasContent("page 2");
    assertThatThrownBy(() -> files.write("{\"ramps\":[]}", "page"))
        .hasMessageContaining("exists and is another ramp file");
    assertThat(output).hasContent("{}");
  }

  private static List<Integer> rampDepths() {
    return TestSample.bundled().model().spec().ramps().stream().map(RampSpec::depth).toList();
  }

  private Result calibrate(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "calibrate",
                "--model=bundled:",
                "--input=" + input,
                "--output=" + output,
                "--device=cpu:scalar",
                "--threads=1",
                "--slots=8",
                "--max-new-tokens=10"));
    for (String word : more) {
      words.removeIf(known -> known.startsWith(word.substring(0, word.indexOf('=') + 1)));
    }
    words.addAll(Arrays.asList(more));
    return TestJob.run(words.toArray(String[]::new));
  }
}
