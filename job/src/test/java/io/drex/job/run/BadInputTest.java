package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static io.drex.job.TestJob.lines;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Comparator.naturalOrder;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob;
import io.drex.job.TestJob.Result;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.RunLock;
import io.drex.job.verdict.ExitCode;
import io.drex.model.BundledModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every mistake has its message and exit code, before an engine starts. */
class BadInputTest {
  private static final String NOOP = "--device=sim:noop";

  @TempDir Path folder;
  private Path input;
  private Path output;

  @BeforeEach
  void makeInput() throws IOException {
    output = folder.resolve("out");
    input =
        lines(
            folder.resolve("in.jsonl"),
            "{\"id\": \"a\", \"article\": \"one\", \"tags\": [\"x\"], \"completion\": \"y\"}",
            "{\"id\": \"b\", \"article\": \"two\", \"tags\": [], \"completion\": \"y\"}");
  }

  @Test
  void requiredKeys() {
    assertRefused(
        ExitCode.USAGE, "--input (spark.drex.input.input) is required", "generate", "--output=x");
  }

  @Test
  void missingInput() {
    assertRefused(
        ExitCode.USAGE,
        "there is no such file, folder, table or view",
        generate(folder.resolve("none.parquet"), output, NOOP));
  }

  @Test
  void inputOfUnknownFormat() throws IOException {
    Path unknown = lines(folder.resolve("in.dat"), "x");

    assertRefused(
        ExitCode.USAGE,
        "cannot be told from the file name 'in.dat'; give --input-format",
        generate(unknown, output, NOOP));
  }

  @Test
  void brokenJsonLines() throws IOException {
    Path broken = lines(folder.resolve("broken.jsonl"), "{\"article\": \"one\"}", "{\"article\": ");

    assertRefused(
        ExitCode.INPUT,
        "1 lines are not JSON objects, such as line 2 of file:" + broken + "; each line must be",
        generate(broken, output, NOOP));
  }

  @Test
  void brokenJsonLineOfACompressedFile() throws IOException {
    Path zipped = folder.resolve("broken.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write("{\"article\": \"naïve\"}\n{\"article\": \"two\"}\nc4n4ry\n".getBytes(UTF_8));
    }

    Result result =
        assertRefused(
            ExitCode.INPUT, "such as line 3 of file:" + zipped, generate(zipped, output, NOOP));
    assertThat(result.err()).doesNotContain("c4n4ry");
  }

  @Test
  void truncatedParquetAmongGoodOnes() throws IOException {
    Path files = folder.resolve("files.parquet");
    TestJob.spark().read().json(input.toString()).repartition(2).write().parquet(files.toString());
    Path truncated;
    try (Stream<Path> parts = Files.list(files)) {
      truncated =
          parts
              .filter(part -> part.toString().endsWith(".parquet"))
              .max(naturalOrder())
              .orElseThrow();
    }
    Files.delete(truncated.resolveSibling("." + truncated.getFileName() + ".crc"));
    byte[] bytes = Files.readAllBytes(truncated);
    Files.write(truncated, Arrays.copyOf(bytes, bytes.length - 20));

    assertRefused(
        ExitCode.INPUT,
        "input file file://" + truncated + " cannot be read; repair or remove it",
        generate(files, output, NOOP, "--id-col=id"));
  }

  @Test
  void inputThatIsNoParquet() throws IOException {
    Path fake = lines(folder.resolve("fake.parquet"), "this is not Parquet, whatever its name");

    assertRefused(ExitCode.INPUT, "fake.parquet", generate(fake, output, NOOP));
  }

  @Test
  void outputThatReadersTakeForAPattern() {
    assertRefused(
        ExitCode.USAGE,
        "has one of [ ] { } * ?, which readers take for a pattern",
        generate(input, folder.resolve("out[1]"), NOOP));
  }

  @Test
  void missingTemplateColumn() {
    assertRefused(
        ExitCode.INPUT,
        "template column 'articel' is not in the input; did you mean 'article'?",
        generate(input, output, NOOP, "--prompt={articel}"));
  }

  @Test
  void missingIdColumn() {
    assertRefused(
        ExitCode.INPUT,
        "--id-col column 'idd' is not in the input; did you mean 'id'?",
        generate(input, output, NOOP, "--id-col=idd"));
  }

  @Test
  void missingKeepColumn() {
    assertRefused(
        ExitCode.INPUT,
        "--keep column 'tag' is not in the input; did you mean 'tags'?",
        generate(input, output, NOOP, "--keep=tag"));
  }

  @Test
  void keepColumnWithTheNameOfAnOutputColumn() {
    assertRefused(
        ExitCode.USAGE,
        "--keep column 'completion' has the name of an output column",
        generate(input, output, NOOP, "--keep=completion"));
  }

  @Test
  void keepColumnOfATypeThatCannotBePassedThrough() {
    assertRefused(
        ExitCode.USAGE,
        "--keep column 'tags' has type array<string>, which cannot be passed through; cast it",
        generate(input, output, NOOP, "--keep=tags"));
  }

  @Test
  void promptColumnThatIsNoText() {
    assertRefused(
        ExitCode.INPUT,
        "template column 'tags' is array<string>, not a text or a number",
        generate(input, output, NOOP, "--prompt={tags}"));
  }

  @Test
  void templateThatIsNotUnderstood() {
    assertRefused(
        ExitCode.USAGE,
        "prompt template, position 3: '{' is never closed",
        generate(input, output, NOOP, "--prompt=a {article"));
  }

  @Test
  void twoTemplates() {
    assertRefused(
        ExitCode.USAGE,
        "give --template or --prompt, not both",
        generate(input, output, NOOP, "--prompt={article}", "--template=t.txt"));
  }

  @Test
  void missingTemplateFile() {
    assertRefused(
        ExitCode.USAGE,
        "--template " + folder + "/t.txt cannot be read",
        generate(input, output, NOOP, "--template=" + folder + "/t.txt"));
  }

  @Test
  void nullIds() throws IOException {
    Path nulls =
        lines(
            folder.resolve("nulls.jsonl"),
            "{\"id\": \"a\", \"article\": \"one\"}",
            "{\"article\": \"two\"}");

    assertRefused(
        ExitCode.INPUT,
        "--id-col id: 1 of 2 rows have no id (null)",
        generate(nulls, output, NOOP, "--id-col=id"));
  }

  @Test
  void duplicateIdsAreShownHashed() throws IOException {
    Path twice =
        lines(
            folder.resolve("twice.jsonl"),
            "{\"id\": \"c4n4ry\", \"article\": \"one\"}",
            "{\"id\": \"c4n4ry\", \"article\": \"two\"}",
            "{\"id\": \"b\", \"article\": \"two\"}");

    Result result =
        assertRefused(
            ExitCode.INPUT,
            "--id-col id: 1 ids occur more than once, on 2 of 3 rows, such as the id whose SHA-256"
                + " begins ",
            generate(twice, output, NOOP, "--id-col=id"));
    assertThat(result.err()).doesNotContain("c4n4ry");
  }

  @Test
  void outputThatCannotBeWritten() throws IOException {
    Path file = lines(folder.resolve("file"), "x");

    assertRefused(ExitCode.USAGE, "cannot be written", generate(input, file.resolve("out"), NOOP));
  }

  @Test
  void modelFolderThatIsNotThere() {
    assertRefused(
        ExitCode.ENGINE,
        folder + "/none",
        "generate",
        "--input=" + input,
        "--output=" + output,
        "--model=" + folder + "/none",
        NOOP);
  }

  @Test
  void rampsThatDoNotFit() throws IOException {
    Path deep =
        lines(folder.resolve("deep.json"), "{\"ramps\": [{\"depth\": 8, \"threshold\": 0.9}]}");
    Path loose =
        lines(folder.resolve("loose.json"), "{\"ramps\": [{\"depth\": 2, \"threshold\": 1.5}]}");

    assertRefused(
        ExitCode.USAGE,
        "deep.json: ramps[0].depth: 8 is not in (0, 8), the model's layers",
        generate(input, output, NOOP, "--ramps=" + deep));
    Result outOfRange =
        assertRefused(
            ExitCode.USAGE,
            "loose.json: ramps[0].threshold: ",
            generate(input, output, NOOP, "--ramps=" + loose));
    assertThat(outOfRange.err()).contains("1.5").contains("[0, 1]");
    assertRefused(
        ExitCode.USAGE,
        "none.json",
        generate(input, output, NOOP, "--ramps=" + folder.resolve("none.json")));
  }

  @Test
  void deviceThatCannotRunHere() {
    Result result =
        assertRefused(
            ExitCode.ENGINE,
            "device cuda cannot run here: ",
            generate(input, output, "--device=cuda"));
    assertThat(result.err()).as("a remedy").contains("; ");
  }

  @Test
  void unknownDeviceAndPolicy() {
    assertRefused(
        ExitCode.USAGE,
        "--device: unknown device 'gpu'; known: auto, ",
        generate(input, output, "--device=gpu"));
    assertRefused(
        ExitCode.USAGE,
        "--policy: unknown policy 'eager'; known: ",
        generate(input, output, NOOP, "--policy=eager"));
  }

  @Test
  void tracesThatCannotBeRecordedOrReplayed() {
    assertRefused(
        ExitCode.USAGE,
        "--record-trace writes what ramps read, and none is read: take a policy that reads them",
        generate(input, output, NOOP, "--record-trace", "--policy=full_depth"));
    assertRefused(
        ExitCode.USAGE,
        "--trace: trace " + folder.resolve("none") + " does not exist",
        generate(input, output, NOOP, "--trace=" + folder.resolve("none")));
  }

  @Test
  void engineThatDoesNotFitInMemory() {
    Result result =
        assertRefused(
            ExitCode.USAGE,
            "set --conf spark.driver.memory=",
            "generate",
            "--input=" + input,
            "--output=" + output,
            "--model=bundled:",
            "--slots=60000",
            NOOP);
    assertThat(result.err()).contains("KV cache").contains("lower --slots");
  }

  @Test
  void sequenceLongerThanTheModels() {
    Path model = BundledModel.extract("bundled:", folder);
    int positions = ModelLoader.load(model).spec().maxPositions();
    assertRefused(
        ExitCode.USAGE,
        "--max-sequence-tokens 100000 is more than the model's own limit of " + positions,
        generate(input, output, NOOP, "--max-sequence-tokens=100000"));
  }

  @Test
  void outputThatAnotherRunWrites() {
    Configuration hadoop = new Configuration();
    OutputLayout layout = OutputLayout.of(output.toString(), hadoop);
    layout.probe(hadoop);
    try (RunLock other = RunLock.take(layout, "other-run", hadoop)) {
      assertRefused(ExitCode.USAGE, "run other-run (host ", generate(input, output, NOOP));
    }
  }

  private static Result assertRefused(ExitCode code, String message, String... command) {
    Result result = TestJob.run(command);
    assertThat(result.err()).contains(message);
    assertThat(result.code()).isEqualTo(code);
    return result;
  }

  @Test
  void nothingIsLeftLocked() {
    TestJob.run(generate(input, output, NOOP, "--id-col=none"));

    assertThat(Files.exists(output.resolve("_drex/lock.json"))).isFalse();
    assertThat(output.resolve("_drex/status.json")).content().contains("\"exitCode\" : 6");
  }
}
