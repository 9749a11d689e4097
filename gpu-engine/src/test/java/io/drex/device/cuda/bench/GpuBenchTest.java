package io.drex.device.cuda.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.drex.device.cuda.bench.Part.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of stages that end as they should not, with shell commands in their place. */
@Timeout(60)
class GpuBenchTest {
  @TempDir private Path folder;

  @Test
  void keepsWhatStagesFoundWhenLaterOnesDie() throws Exception {
    int code =
        run(
            Map.of(
                Stage.FACTS,
                part(State.COMPLETE, ""),
                Stage.SUITE,
                "echo no luck; exit 3",
                Stage.STEPS,
                part(State.FAILED, "ended before it was done") + "; kill -9 $$",
                Stage.EXITS,
                part(State.COMPLETE, "")));
    assertThat(code).isEqualTo(1);
    Report report = report();
    assertThat(states(report))
        .containsExactly("facts COMPLETE", "suite FAILED", "steps FAILED", "exits COMPLETE");
    assertThat(partOf(report, "suite").reason()).isEqualTo("ended with exit code 3: no luck");
    assertThat(partOf(report, "steps").tables()).hasSize(1);
    assertThat(page()).contains("| steps | failed |", "| cuda | 2 (1 to 3) |");
  }

  @Test
  void stopsStagesAtTheirLimitAndKeepsTheirRows() throws Exception {
    int code =
        run(
            Map.of(Stage.KERNELS, part(State.FAILED, "") + "; sleep 50", Stage.STEPS, "exit 0"),
            "--limit",
            "kernels=5");
    assertThat(code).isEqualTo(1);
    Part kernels = partOf(report(), "kernels");
    assertThat(kernels.state()).isEqualTo(State.INCOMPLETE);
    assertThat(kernels.reason()).isEqualTo("stopped after 5 s");
    assertThat(kernels.tables()).hasSize(1);
  }

  @Test
  void startsNothingThatHasNoTime() throws Exception {
    int code = run(Map.of(Stage.KERNELS, "exit 0"), "--total", "4");
    assertThat(code).isEqualTo(1);
    assertThat(partOf(report(), "kernels").reason())
        .isEqualTo("not started: 0 of the 4 s in all were over; run it by its name");
  }

  @Test
  void addsToTheReportThatIsThere() throws Exception {
    run(Map.of(Stage.FACTS, part(State.COMPLETE, ""), Stage.SUITE, part(State.FAILED, "a test")));
    assertThat(run(Map.of(Stage.SUITE, part(State.COMPLETE, "")))).isZero();
    assertThat(states(report())).containsExactly("facts COMPLETE", "suite COMPLETE");
  }

  @Test
  void extendsAReportOfElsewhere() throws Exception {
    run(Map.of(Stage.FACTS, part(State.COMPLETE, "")));
    Path elsewhere = folder.resolve("copied.json");
    Files.move(folder.resolve("report.json"), elsewhere);
    run(Map.of(Stage.SUITE, part(State.COMPLETE, "")), "--from", elsewhere.toString());
    assertThat(states(report())).containsExactly("facts COMPLETE", "suite COMPLETE");
  }

  @Test
  void runsOtherStagesWhereALaterOneFindsNoGpu() throws Exception {
    String lost = part(State.UNAVAILABLE, "no NVIDIA driver") + "; exit 5";
    String good = part(State.COMPLETE, "");
    run(Map.of(Stage.FACTS, good, Stage.SUITE, lost, Stage.KERNELS, good));
    assertThat(states(report()))
        .containsExactly("facts COMPLETE", "suite UNAVAILABLE", "kernels COMPLETE");
  }

  @Test
  void stagesOfOneCommandHaveTheTimeOfOne() {
    int sum = Stage.FIRST.stream().mapToInt(Stage::seconds).sum();
    assertThat((double) sum).isEqualTo(GpuBenchOptions.TOTAL_SECONDS);
  }

  @Test
  void aPartKeepsItsWorstStateAndAllReasons() {
    Output out = new Output("steps", folder.resolve("part.json"), 0);
    out.ended(State.FAILED, "a model failed");
    assertThat(out.hasTime()).isFalse();
    assertThat(out.hasTime()).isFalse();
    Part part = out.finish();
    assertThat(part.state()).isEqualTo(State.FAILED);
    assertThat(part.reason()).isEqualTo("a model failed; its 0 s were over");
  }

  @Test
  void endsWhereThereIsNoGpu() throws Exception {
    String none = part(State.UNAVAILABLE, "no NVIDIA driver") + "; exit 5";
    assertThat(run(Map.of(Stage.FACTS, none, Stage.SUITE, "exit 0"))).isEqualTo(5);
    assertThat(partOf(report(), "facts").reason()).isEqualTo("no NVIDIA driver");
    assertThat(states(report())).containsExactly("facts UNAVAILABLE");
  }

  @Test
  void pricesStrictArithmeticByRowsThatDifferInTheDeviceAlone() {
    Row strict = Row.of("device", "cuda", "prompts", "8").with("time", Figure.of("ms", 3));
    Row fast = Row.of("device", "cuda:fast", "prompts", "8").with("time", Figure.of("ms", 2));
    Row other = Row.of("device", "cuda:fast", "prompts", "9").with("time", Figure.of("ms", 2));
    Row none = Row.of("device", "cuda:fast", "prompts", "10").without("no cuBLAS");
    Table calls = new Table("prefill", "", List.of(), List.of(strict, fast, other, none));
    Report report = new Report(List.of(new Part("steps", State.COMPLETE, "", 1, List.of(calls))));
    List<Row> prices = StrictPrice.addTo(report).table("price").orElseThrow().rows();
    assertThat(prices).hasSize(2);
    assertThat(prices.get(0).labels()).containsEntry("prompts", "8").doesNotContainKey("device");
    assertThat(prices.get(0).figures().values()).containsExactly(new Figure(1.5, 1.5, 1.5, 1, ""));
    assertThat(prices.get(1).missing()).isEqualTo("no cuBLAS");
  }

  @Test
  void theScriptNamesAllStagesInTheirOrder() throws IOException {
    Path script = Path.of(System.getProperty("drex.root"), "gpu-engine", "on-gpu", "run.sh");
    String stages = Arrays.stream(Stage.values()).map(Stage::text).collect(Collectors.joining(" "));
    assertThat(Files.readString(script)).contains("in the order of the report: " + stages);
  }

  @Test
  void saysWhatIsWrongWithACommandLine() {
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of()))
        .hasMessage("the folder to write to is missing");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "flops")))
        .hasMessage(
            "there is no stage 'flops'; there are facts, suite, kernels, steps, exits, torch,"
                + " peers, sanitizer");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "--limit", "steps=soon")))
        .hasMessage("--limit takes a number of seconds, not 'soon'");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "--total")))
        .hasMessage("--total needs a value");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "--from", "gone.json")))
        .hasMessage("--from takes a report.json; 'gone.json' is no file");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "--outputs", "64;256")))
        .hasMessage("--outputs takes numbers of tokens, such as 64,256, not '64;256'");
    assertThatThrownBy(() -> GpuBenchOptions.parse(List.of("out", "--size", "huge")))
        .hasMessage("--size is full or tiny, not 'huge'");
  }

  private int run(Map<Stage, String> scripts, String... more)
      throws IOException, InterruptedException {
    List<String> arguments = new ArrayList<>(List.of(folder.toString()));
    arguments.addAll(List.of(more));
    scripts.keySet().stream().sorted().map(Stage::text).forEach(arguments::add);
    return GpuBench.run(
        GpuBenchOptions.parse(arguments),
        (stage, part, seconds) -> List.of("sh", "-c", script(scripts.get(stage), stage, part)));
  }

  private static String script(@Nullable String script, Stage stage, Path part) {
    return Objects.requireNonNull(script)
        .replace("PART", part.toString())
        .replace("STAGE", stage.text());
  }

  /** A script that writes a part of one table. */
  private static String part(State state, String reason) throws IOException {
    Row row = Row.of("device", "cuda").with("time", Figure.of("ms", 1, 2, 3));
    Table table = new Table("STAGE", "STAGE", List.of(), List.of(row));
    Part part = new Part("STAGE", state, reason, 1, List.of(table));
    return "echo '" + new JsonMapper().writeValueAsString(part) + "' >PART";
  }

  private Report report() throws IOException {
    return Report.read(folder.resolve("report.json"));
  }

  private String page() throws IOException {
    return Files.readString(folder.resolve("report.md"));
  }

  private static List<String> states(Report report) {
    return report.parts().stream().map(part -> part.stage() + " " + part.state()).toList();
  }

  private static Part partOf(Report report, String stage) {
    return report.parts().stream()
        .filter(part -> part.stage().equals(stage))
        .findFirst()
        .orElseThrow();
  }
}
