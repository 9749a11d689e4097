package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static io.drex.job.TestJob.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.TestSample;
import io.drex.job.storage.JsonFile;
import io.drex.job.verdict.ExitCode;
import io.drex.model.ModelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole job on the bundled model and the CPU. */
class GenerateTest {
  private static final int ROWS = 24;
  private static final String NOOP = "--device=sim:noop";

  @TempDir static Path shared;
  private static Path input = Path.of("");

  @TempDir Path folder;

  @BeforeAll
  static void makeInput() throws IOException {
    input = lines(shared.resolve("in.jsonl"), TestJob.articles(ROWS));
  }

  @Test
  void writesARowPerInputRow() throws IOException {
    ModelSpec spec = TestSample.bundled().model().spec();
    Path output = folder.resolve("out");
    Result result = run(input, output, "--keep=topic");

    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isEqualTo(ExitCode.OK);
    Dataset<Row> data = TestJob.data(output);
    assertThat(data.count()).isEqualTo(ROWS);
    assertThat(data.select("id").distinct().count()).isEqualTo(ROWS);
    assertThat(data.filter("completion is null or error is not null").count()).isZero();
    assertThat(data.filter("topic is null").count()).isZero();
    assertThat(data.filter("exits.involuntary_exits <> 0").count()).isZero();
    assertThat(result.out().lines()).hasSize(10);
    assertThat(result.out())
        .contains("involuntary exits 0")
        .contains("depth " + spec.layers() + ": ");
    JsonNode manifest = json(output, "manifest.json");
    assertThat(manifest.at("/counts/rows").asInt()).isEqualTo(ROWS);
    assertThat(manifest.at("/synthetic").asBoolean(true)).isFalse();
    assertThat(manifest.at("/exits/byDepth")).hasSize(spec.ramps().size() + 1);
    assertThat(manifest.at("/exits/involuntaryExits").asInt()).isZero();
    assertThat(manifest.at("/engines")).isNotEmpty();
    assertThat(json(output, "status.json").path("state").asText()).isEqualTo("finished");
    assertThat(output.resolve("_drex/report.html")).content().contains("<svg");
    assertThat(TestJob.spark().read().parquet(output + "/_drex/metrics.parquet").count())
        .isEqualTo(1);
    assertThat(output.resolve("_drex/journal")).doesNotExist();
  }

  @Test
  void speedCountsTheRunsTokensAlone() throws IOException {
    Path first = finished();
    Path second = folder.resolve("out");
    run(input, second, NOOP); // the engine outlives a run
    for (Path output : List.of(first, second)) {
      JsonNode manifest = json(output, "manifest.json");
      double tokens =
          manifest.at("/tokens/endToEndPerSecond").asDouble()
              * manifest.at("/run/generateSeconds").asDouble();
      assertThat(tokens)
          .as("%s", output)
          .isCloseTo(manifest.at("/tokens/completion").asDouble(), withinPercentage(.01));
    }
  }

  @Test
  void aSecondRunComputesNothing() throws IOException {
    Path output = copyOfFinished();
    Map<String, String> before = TestJob.hashes(output);
    Result again = run(input, output, NOOP, "--keep=topic");

    assertThat(again.code()).isEqualTo(ExitCode.OK);
    assertThat(again.out()).contains("0 of 24 asked for were computed").contains("none was needed");
    assertThat(TestJob.hashes(output)).isEqualTo(before);
  }

  @Test
  void aGrownInputComputesTheNewRowsOnly() throws IOException {
    Path output = copyOfFinished();
    Path grown = lines(folder.resolve("grown.jsonl"), TestJob.articles(ROWS + 10));
    Result result = run(grown, output, NOOP, "--keep=topic");

    assertThat(result.out()).contains("10 of 34 asked for were computed");
    assertThat(TestJob.hashes(output)).hasSize(ROWS + 10);
    assertThat(json(output, "manifest.json").at("/synthetic").asBoolean()).isTrue();
    assertThat(result.out()).startsWith("synthetic   confidences and output lengths are not");
  }

  @Test
  void theLimitTakesTheSameRowsAgain() throws IOException {
    Path output = folder.resolve("out");
    run(input, output, "--limit=5", NOOP);
    assertThat(TestJob.hashes(output)).hasSize(5);

    assertThat(run(input, output, "--limit=5", NOOP).out())
        .contains("0 of 5 asked for were computed");
    assertThat(run(input, output, "--limit=8", NOOP).out())
        .contains("3 of 8 asked for were computed");
  }

  @Test
  void equalPromptsAreComputedOnceWhereverTheyStand() throws IOException {
    String[] lines = new String[400];
    for (int i = 0; i < lines.length; i++) {
      lines[i] =
          "{\"id\": " + i + ", \"topic\": \"t\", \"article\": \"Strike number " + i % 4 + ".\"}";
    }
    Path output = folder.resolve("out");
    Result result =
        run(
            lines(folder.resolve("equal.jsonl"), lines),
            output,
            NOOP,
            "--partitions=8",
            "--slots=9");

    assertThat(result.out())
        .contains("400 of 400 asked for were computed by this run, 396 of them once with equal");
    assertThat(TestJob.hashes(output)).hasSize(400);
    assertThat(json(output, "manifest.json").at("/run/copiedRows").asInt()).isEqualTo(396);
    Row submitted = // to an engine of these options, of which no other test has one
        TestJob.spark()
            .read()
            .parquet(output + "/_drex/metrics.parquet")
            .selectExpr("sum(submitted)")
            .head();
    assertThat(submitted.getLong(0)).isEqualTo(4);
  }

  @Tag("slow")
  @Test
  void onePromptAHundredThousandTimesIsComputedOnce() throws IOException {
    int rows = 100_000;
    String[] lines = new String[rows];
    for (int i = 0; i < rows; i++) {
      lines[i] = "{\"id\": " + i + ", \"article\": \"A strike was called off.\"}";
    }
    Path output = folder.resolve("out");
    Result result = run(lines(folder.resolve("one.jsonl"), lines), output);

    assertThat(result.out()).contains((rows - 1) + " of them once with equal prompts");
    Dataset<Row> data = TestJob.data(output);
    assertThat(data.select("id").distinct().count()).isEqualTo(rows);
    assertThat(data.select("output_sha256").distinct().count()).isEqualTo(1);
    assertThat(data.filter("completion is null").count()).isZero();
  }

  @Tag("slow")
  @Test
  void sameRowSameBytesWhateverTheScheduleIs() throws IOException {
    Map<String, String> reference = runAndHash("a", input, "--partitions=1", "--slots=64");
    List<String> lines = new ArrayList<>(List.of(TestJob.articles(ROWS)));
    Collections.shuffle(lines, new Random(1));
    Path shuffled = lines(folder.resolve("shuffled.jsonl"), lines.toArray(String[]::new));

    assertThat(reference).hasSize(ROWS);
    assertThat(runAndHash("b", shuffled, "--partitions=8", "--slots=7")).isEqualTo(reference);
    assertThat(runAndHash("c", input, "--partitions=2", "--slots=1", "--threads=2"))
        .isEqualTo(reference);
  }

  @Test
  void otherSettingsOnTheSameOutputAreRefusedWithADiff() throws IOException {
    Result result =
        run(
            input,
            copyOfFinished(),
            NOOP,
            "--keep=topic",
            "--prompt=Say {article}",
            "--policy=full_depth");

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("were made with other settings")
        .contains("  policy: 'rebatch' → 'full_depth'")
        .contains("  template: '{article}\\nSummary:")
        .contains("→ 'Say {article}'")
        .doesNotContain("model.sha256");
  }

  @Test
  void otherPassThroughColumnsOnTheSameOutputAreRefused() throws IOException {
    Path output = copyOfFinished();
    Result result = run(input, output, NOOP);

    assertThat(result.code()).isEqualTo(ExitCode.USAGE);
    assertThat(result.err())
        .contains("have the pass-through columns struct<topic:string>, not struct<>")
        .contains("choose another --output, or replace these results by --mode overwrite");
    assertThat(run(input, output, NOOP, "--keep=topic").code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void theLineBreakAtTheEndOfATemplateFileIsNoPartOfThePrompt() throws IOException {
    Path one = lines(folder.resolve("one.jsonl"), TestJob.articles(1));
    Path output = folder.resolve("out");
    run(one, output, NOOP, "--prompt={article}\n\nNext:");
    Path template = folder.resolve("template.txt");

    for (String end : List.of("", "\n", "\r\n")) {
      Files.writeString(template, "{article}\n\nNext:" + end);
      assertThat(run(one, output, NOOP, "--template=" + template).out())
          .contains("0 of 1 asked for were computed");
    }
    Files.writeString(template, "{article}\n\nNext:\n\n");
    assertThat(run(one, output, NOOP, "--template=" + template).err())
        .as("one line break only")
        .contains("were made with other settings");
    assertThat(run(one, output, NOOP, "--prompt={article}\n\nNext:\n").err())
        .as("an option is taken as it is")
        .contains("were made with other settings");
  }

  @Test
  void idsCanBeMadeFromThePrompt() throws IOException {
    Path twice =
        lines(
            folder.resolve("twice.jsonl"),
            "{\"article\": \"one\"}",
            "{\"article\": \"one\"}",
            "{\"article\": \"two\"}");
    Path output = folder.resolve("out");
    TestJob.run(generate(twice, output, NOOP));

    List<String> ids =
        TestJob.data(output).select("id").sort("id").collectAsList().stream()
            .map(row -> row.getString(0).replaceAll("^[0-9a-f]{32}", "hash"))
            .sorted()
            .toList();
    assertThat(ids).containsExactly("hash-1", "hash-1", "hash-2");
  }

  @Test
  void severalIdColumnsMakeAJsonArray() throws IOException {
    Path output = folder.resolve("out");
    TestJob.run(generate(input, output, NOOP, "--id-col=topic,id", "--limit=1"));

    assertThat(TestJob.data(output).head().<String>getAs("id")).matches("\\[\"t\\d\",\"\\d+\"]");
  }

  @Test
  void badRowsBecomeErrorRowsAndTheGateTellsThem() throws IOException {
    Path bad =
        lines(
            folder.resolve("bad.jsonl"),
            "{\"id\": \"1\", \"article\": \"good\"}",
            "{\"id\": \"2\", \"article\": \" \"}",
            "{\"id\": \"3\"}",
            "{\"id\": \"4\", \"article\": \"" + "long ".repeat(2000) + "\"}");
    Path output = folder.resolve("out");
    Result result = run(bad, output, NOOP, "--max-error-rate=0.5");

    assertThat(result.code()).isEqualTo(ExitCode.GATE_FAILED);
    assertThat(result.err()).contains("the share of error rows is 0.75");
    JsonNode errors = json(output, "manifest.json").at("/counts/errors");
    assertThat(errors.path("EMPTY_PROMPT").asInt()).isEqualTo(2);
    assertThat(errors.path("PROMPT_TOO_LONG").asInt()).isEqualTo(1);
    assertThat(TestJob.data(output).filter("error is null").count()).isEqualTo(1);
  }

  @Test
  void anEmptyInputGivesAnEmptyTable() throws IOException {
    TestJob.spark()
        .read()
        .json(input.toString())
        .filter("false")
        .write()
        .parquet(folder.resolve("empty.parquet").toString());
    Path output = folder.resolve("out");
    Result result = run(folder.resolve("empty.parquet"), output);

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("0 in the table");
    assertThat(TestJob.data(output).schema().fieldNames()).contains("id", "output_sha256");
    assertThat(TestJob.data(output).count()).isZero();
    assertThat(json(output, "manifest.json").at("/counts/rows").asInt()).isZero();
  }

  @Tag("slow")
  @Test
  void oneRowInTwoHundredPartitions() throws IOException {
    TestJob.spark()
        .read()
        .json(input.toString())
        .limit(1)
        .repartition(200)
        .createOrReplaceTempView("one_row");
    Path output = folder.resolve("out");
    Result result =
        TestJob.run(
            "generate",
            "--input=one_row",
            "--output=" + output,
            "--model=bundled:",
            "--slots=8",
            "--id-col=id",
            "--partitions=200",
            NOOP);

    assertThat(result.err()).isEmpty();
    assertThat(TestJob.hashes(output)).hasSize(1);
    assertThat(json(output, "manifest.json").at("/engines")).hasSize(1);
  }

  @Test
  void readsTablesQueriesCsvAndText() throws IOException {
    TestJob.spark().read().json(input.toString()).createOrReplaceTempView("articles");
    Path csv =
        lines(
            folder.resolve("in.csv"), "id,article", "007,\"a \"\"quoted\"\", text\nin two lines\"");
    Path text = lines(folder.resolve("in.txt"), "one", "two");

    assertThat(rows("articles", "q", "--id-col=id")).isEqualTo(ROWS);
    assertThat(rows("select * from articles where id < 7", "s", "--id-col=id")).isEqualTo(7);
    assertThat(rows(csv.toString(), "c", "--id-col=id")).isEqualTo(1);
    assertThat(TestJob.data(folder.resolve("c")).head().<String>getAs("id")).isEqualTo("007");
    assertThat(rows(text.toString(), "t", "--prompt={value}")).isEqualTo(2);
  }

  private long rows(String from, String name, String... more) {
    Path output = folder.resolve(name);
    List<String> words = new ArrayList<>(List.of("--input=" + from, NOOP));
    words.addAll(List.of(more));
    Result result = TestJob.run(generate(input, output, words.toArray(String[]::new)));
    assertThat(result.err()).isEmpty();
    return TestJob.data(output).count();
  }

  /** What a run on the simulated device that keeps the topic left; one for all tests. */
  private static Path finished() {
    Path output = shared.resolve("finished");
    if (!Files.exists(output)) {
      Result result = run(input, output, NOOP, "--keep=topic");
      assertThat(result.code()).as(result.err()).isEqualTo(ExitCode.OK);
    }
    return output;
  }

  private Path copyOfFinished() throws IOException {
    Path finished = finished();
    Path copy = folder.resolve("out");
    try (Stream<Path> files = Files.walk(finished)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(finished.relativize(file).toString()));
      }
    }
    return copy;
  }

  private Map<String, String> runAndHash(String name, Path from, String... more) {
    Path output = folder.resolve(name);
    assertThat(run(from, output, more).err()).isEmpty();
    return TestJob.hashes(output);
  }

  private static Result run(Path input, Path output, String... more) {
    List<String> words = new ArrayList<>(List.of(more));
    words.add(0, "--id-col=id");
    return TestJob.run(generate(input, output, words.toArray(String[]::new)));
  }

  private static JsonNode json(Path output, String name) throws IOException {
    return JsonFile.mapper().readTree(Files.readString(output.resolve("_drex").resolve(name)));
  }
}
