package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * All stages of the GPU's report on the emulated driver: its figures mean nothing, its form does.
 */
@Timeout(240)
class EmulatedBenchTest {
  /** Columns that may be of either sign. */
  private static final Set<String> SIGNED =
      Set.of(
          "host's share",
          "rest",
          "gain",
          "gain, decode only",
          "drift",
          "forecast, planner",
          "forecast, H200 model",
          "forecast, measured costs");

  private static final Set<String> COUNTS = Set.of("failed", "skipped", "left at the ramp");

  @TempDir private static Path folder;
  private static final Map<String, JsonNode> TABLES = new TreeMap<>();

  @BeforeAll
  static void runAll() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx200m",
            "-XX:TieredStopAtLevel=1",
            "-Ddrex.root=" + System.getProperty("drex.root"),
            "-Ddrex.bench.peers=" + Path.of("on-gpu", "peers.py").toAbsolutePath(),
            "-cp",
            System.getProperty("java.class.path"),
            "io.drex.device.cuda.bench.GpuBench",
            folder.toString(),
            "--size",
            "tiny",
            "facts",
            "suite",
            "kernels",
            "steps",
            "exits",
            "torch",
            "peers",
            "sanitizer");
    String library = String.valueOf(EmulatedDriver.library().getParent());
    builder.environment().put("LD_LIBRARY_PATH", library);
    builder.environment().put("DREX_CUBLAS", EmulatedDriver.cublas().toString());
    Process process = builder.redirectErrorStream(true).inheritIO().start();
    assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(log()).isZero();
    JsonNode report = new JsonMapper().readTree(folder.resolve("report.json").toFile());
    report
        .path("parts")
        .forEach(
            part ->
                part.path("tables").forEach(table -> TABLES.put(table.path("id").asText(), table)));
  }

  private static String log() throws IOException {
    return Files.readString(folder.resolve("log.txt"));
  }

  @Test
  void everyTableHasFigures() {
    assertThat(TABLES.keySet())
        .contains(
            "machine",
            "rates",
            "latencies",
            "tests",
            "gemm",
            "attention",
            "heads",
            "decode",
            "prefill",
            "ramps",
            "exits",
            "peers",
            "price");
    for (String id : Set.of("rates", "gemm", "attention", "heads", "decode", "prefill", "ramps")) {
      assertThat(rows(id)).as(id).anyMatch(row -> row.path("figures").size() > 0);
    }
  }

  @Test
  void everyFigureIsPositive() {
    TABLES.forEach(
        (id, table) ->
            table
                .path("rows")
                .forEach(
                    row ->
                        row.path("figures")
                            .properties()
                            .forEach(
                                figure -> assertIsFigure(id, figure.getKey(), figure.getValue()))));
  }

  private static void assertIsFigure(String table, String column, JsonNode figure) {
    double least = figure.path("least").asDouble(Double.NaN);
    double median = figure.path("median").asDouble(Double.NaN);
    double largest = figure.path("largest").asDouble(Double.NaN);
    assertThat(median).as("%s, %s", table, column).isBetween(least, largest);
    if (COUNTS.contains(column)) {
      assertThat(least).as("%s, %s", table, column).isNotNegative();
    } else if (!SIGNED.contains(column)) {
      assertThat(least).as("%s, %s", table, column).isPositive();
    }
  }

  @Test
  void figuresOfTimeAreMediansOfThreeRepeatsAtLeast() {
    for (String id : Set.of("gemm", "attention", "heads", "decode", "prefill", "exits")) {
      for (JsonNode row : rows(id)) {
        row.path("figures")
            .properties()
            .forEach(
                figure -> {
                  boolean isComputed = figure.getKey().startsWith("forecast");
                  if (!isComputed && !figure.getKey().equals("memory")) {
                    assertThat(figure.getValue().path("repeats").asInt())
                        .as("%s, %s", id, figure.getKey())
                        .isGreaterThanOrEqualTo(3);
                  }
                });
      }
    }
  }

  @Test
  void everyMeasuredRowNamesItsDevice() {
    for (String id : Set.of("gemm", "attention", "heads", "decode", "prefill", "ramps", "exits")) {
      for (JsonNode row : rows(id)) {
        assertThat(row.path("labels").path("device").asText()).as(id).startsWith("cuda");
      }
    }
    assertThat(rows("exits")).allMatch(row -> Set.of("replayed", "none").contains(exits(row)));
  }

  private static String exits(JsonNode row) {
    return row.path("labels").path("exits").asText();
  }

  @Test
  void measuresBothArithmeticsOrSaysWhyNot() {
    for (String id : Set.of("gemm", "decode", "prefill", "peers")) {
      assertThat(rows(id))
          .as(id)
          .allMatch(
              row -> row.path("figures").size() > 0 || !row.path("missing").asText().isEmpty());
      assertThat(rows(id))
          .as(id)
          .anyMatch(row -> row.path("labels").path("device").asText().equals("cuda:fast"));
    }
  }

  @Test
  void thePageHasWhatTheReportHas() throws IOException {
    String page = Files.readString(folder.resolve("report.md"));
    TABLES.forEach(
        (id, table) -> {
          if (table.path("rows").size() > 0) {
            assertThat(page)
                .doesNotContain("%d")
                .contains("## " + table.path("title").asText() + "\n");
          }
        });
  }

  private static Iterable<JsonNode> rows(String table) {
    return Objects.requireNonNull(TABLES.get(table), table).path("rows");
  }
}
