package io.drex.job;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.TestJob.Result;
import io.drex.job.output.OutputLayout;
import io.drex.job.output.Refusal;
import io.drex.job.output.RunLock;
import io.drex.job.output.StatusFile;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.model.BundledModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
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
  void statusTellsOfARefusedRunAndOfTheRunBefore() throws IOException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(2));
    Path output = folder.resolve("out");
    TestJob.run(generate(input, output, "--device=sim:noop"));

    Result refused = TestJob.run(generate(input, output, "--device=sim:noop", "--model=/none"));
    Result status = TestJob.run("status", output.toString(), "--exit-code");
    assertThat(status.code()).isEqualTo(refused.code()).isNotEqualTo(ExitCode.OK);
    assertThat(status.out())
        .containsSubsequence(
            "finished, exit code 0",
            "refused, exit code " + refused.code().number(),
            "/none",
            "complete (there is a manifest)");

    assertThat(TestJob.run(generate(input, output, "--device=sim:noop", "--prompt=x")).code())
        .isEqualTo(ExitCode.USAGE);
    assertThat(TestJob.run("status", output.toString()).out())
        .contains("were made with other settings")
        .doesNotContain("/none");

    TestJob.run(generate(input, output, "--device=sim:noop"));
    Result again = TestJob.run("status", output.toString(), "--exit-code");
    assertThat(again.code()).isEqualTo(ExitCode.OK);
    assertThat(again.out()).doesNotContain("refused");
  }

  @Test
  void aRunThatWorksCountsMoreThanARefusedOne() {
    Configuration hadoop = new Configuration();
    OutputLayout layout = OutputLayout.of(folder.toString(), hadoop);
    layout.probe(hadoop);
    JobException verdict = new JobException(ExitCode.ENGINE, "no model");
    try (RunLock lock = RunLock.take(layout, "r", hadoop)) {
      StatusFile status = StatusFile.open(layout, lock.runId(), hadoop);
      status.running("generating");
      Refusal.record(verdict, "other", layout, hadoop);
      assertThat(TestJob.run("status", folder.toString(), "--exit-code").code())
          .isEqualTo(ExitCode.RUNNING);
      status.ended(ExitCode.OK, "done");
    }
    assertThat(TestJob.run("status", folder.toString(), "--exit-code").code())
        .as("the later verdict")
        .isEqualTo(ExitCode.OK);
  }

  @Test
  void statusTellsARunFromADeadOne() throws IOException {
    Configuration hadoop = new Configuration();
    OutputLayout layout = OutputLayout.of(folder.toString(), hadoop);
    layout.probe(hadoop);
    try (RunLock lock = RunLock.take(layout, "r", hadoop)) {
      StatusFile.open(layout, "r", hadoop).running("generating");
      Result running = TestJob.run("status", folder.toString(), "--exit-code");
      assertThat(running.out()).contains("running: generating; last status ");
      assertThat(running.code()).as("it has no verdict").isEqualTo(ExitCode.RUNNING);
    }
    Result dead = TestJob.run("status", folder.toString(), "--exit-code");
    assertThat(dead.out())
        .contains("lost: its process died while it was generating")
        .contains("The same command goes on");
    assertThat(dead.code()).isEqualTo(ExitCode.LOST);
    assertThat(TestJob.run("status", folder.toString()).code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void aClockThatWasSetBackMakesNoNegativeAges() throws IOException {
    Files.createDirectories(folder.resolve("_drex"));
    Files.writeString(
        folder.resolve("_drex/status.json"),
        "{\"state\": \"running\", \"phase\": \"generating\", \"runId\": \"r\","
            + " \"updatedAt\": \"2999-01-01T00:00:00Z\"}");

    assertThat(TestJob.run("status", folder.toString()).out()).contains("last status 0 s ago");
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
    assertThat(result.out())
        .containsPattern("(?m)^fail  device      cuda: .* → .+$")
        .containsPattern("(?m)^warn  device      cuda:fast: .* → .+$");
    assertThat(result.code()).isEqualTo(ExitCode.FAILURE);
    assertThat(TestJob.run("doctor", "--device=cpu:scalar").code()).isEqualTo(ExitCode.OK);
  }

  @Test
  void doctorShowsTheCpusKernelsAndThatRowsKeepTheirBits() {
    Result result = TestJob.run("doctor", "--device=cpu:vector");

    assertThat(result.out())
        .containsPattern("(?m)^ok    processor   \\S+, \\d+ threads")
        .containsPattern("(?m)^ok    device      cpu:vector: CPU, vector kernels, \\d+ lanes$")
        .containsPattern("(?m)^ok    device      cpu:int8: CPU, int8 layers, vector kernels, ")
        .containsPattern("(?m)^warn  device      cpu:onednn: .* → .*--device cpu:vector")
        .containsPattern(
            "(?m)^ok    kernels     cpu:vector: rows have the same bits in batches of 1 to 256, ")
        .containsPattern("(?m)^ok    kernels     cpu:int8: rows have the same bits ");
    assertThat(result.out()).doesNotContain("kernels     cpu:onednn");
  }

  @Test
  void modelCheckMeasuresTheRamps() {
    ModelSpec spec = TestSample.bundled().model().spec();
    RampSpec first = spec.ramps().get(0);
    Result result =
        TestJob.run("model-check", "--model=bundled:", "--device=cpu:scalar", "--threads=1");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out())
        .contains("%d layers of %d".formatted(spec.layers(), spec.hiddenSize()))
        .containsPattern(
            "ramp %d +%s, threshold %s: its token is the full depth's for \\d+"
                .formatted(first.depth(), first.metric().text(), first.threshold()))
        .containsPattern(
            "exits +as tokens would leave .*: of \\d+ tokens \\d+\\.\\d %% at %d, .* %% at full depth;"
                .formatted(first.depth()))
        .containsPattern("mean depth \\d\\.\\d+, work per token \\d+\\.\\d % of full depth's")
        .doesNotContain("WARNING");
  }

  @Test
  void modelCheckWarnsOfRampsThatWereNotTrained() throws IOException {
    Path model = BundledModel.extract("bundled:", folder);
    reverseLayers(model.resolve("model.safetensors"));
    // This threshold lets every token out.
    Path loose = folder.resolve("loose.json");
    Files.writeString(
        loose, "{\"ramps\": [{\"depth\": 1, \"metric\": \"max_prob\", \"threshold\": 0.0}]}");
    Result result =
        TestJob.run("model-check", "--model=" + model, "--ramps=" + loose, "--device=cpu:scalar");

    assertThat(result.out())
        .contains("WARNING   the ramp at depth 1 seems untrained")
        .contains("100.0 % of tokens pass");
  }

  /** Renames the layers in the header of a safetensors file, so that the model knows nothing. */
  private static void reverseLayers(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[Math.toIntExact(bytes.getLong(0))];
    bytes.get(Long.BYTES, header);
    int last = TestSample.bundled().model().spec().layers() - 1;
    assertThat(last).as("layers of one digit keep the header's length").isLessThan(10);
    String reversed =
        Pattern.compile("(?<=model[.]layers[.])\\d+")
            .matcher(new String(header, StandardCharsets.UTF_8))
            .replaceAll(layer -> Integer.toString(last - Integer.parseInt(layer.group())));
    bytes.put(Long.BYTES, reversed.getBytes(StandardCharsets.UTF_8));
    Files.write(file, bytes.array());
  }

  @Test
  void printConfigShowsWhatWouldRun() {
    Result result =
        TestJob.run(
            "generate", "--model=abfs://c@store/m?sig=c4n4ry", "--slots=7", "--print-config");

    assertThat(result.code()).isEqualTo(ExitCode.OK);
    assertThat(result.out()).contains("\"slots\" : \"7\"").doesNotContain("c4n4ry");
  }
}
