package io.drex.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RampFileTest {

  @Test
  void readsRampsWithTheirDefaults() {
    RampFile file =
        RampFile.parse(
            """
            {"ramps": [{"depth": 1, "threshold": 0.5},
                       {"depth": 3, "head": "shared", "metric": "max_prob", "threshold": "off"}],
             "trainedFor": ["map", "copy"], "calibration": {"0.5": 0.99}}
            """,
            "r.json");

    assertThat(file.ramps())
        .containsExactly(
            new RampSpec(1, ConfidenceMetric.MARGIN, 0.5f),
            new RampSpec(3, ConfidenceMetric.MAX_PROB, RampSpec.OFF));
    assertThat(file.trainedFor()).containsExactly("map", "copy");
    assertThat(file.calibration()).isEqualTo("{\"0.5\":0.99}");
  }

  @Test
  void readsTheExampleOfTheDocumentation() throws IOException {
    String page = Files.readString(Path.of(System.getProperty("drex.root"), "docs/models.md"));
    int from = page.indexOf("```json") + "```json".length();

    RampFile file = RampFile.parse(page.substring(from, page.indexOf("```", from)), "models.md");

    assertThat(file.ramps().get(1).head())
        .isEqualTo(new RampHead.Own("heads.safetensors", "ramp16"));
  }

  @Test
  void formatsWhatItParses() {
    RampFile file =
        new RampFile(
            List.of(
                new RampSpec(2, ConfidenceMetric.MAX_PROB, 0.9f),
                new RampSpec(4, ConfidenceMetric.MARGIN, RampSpec.OFF),
                new RampSpec(
                    5, new RampHead.Own("h.safetensors", "five"), ConfidenceMetric.MARGIN, 0.5f)),
            List.of("copy"),
            "{\"agreement\":[0.9,1]}");

    assertThat(RampFile.parse(file.format(), "r.json")).isEqualTo(file);
    assertThat(file.format()).contains("\"threshold\" : 0.9").contains("\"threshold\" : \"off\"");
    assertThat(file.format()).contains("\"shared\"").contains("\"h.safetensors:five\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|r.json: ramps: missing or not a list",
        "[]|r.json: not a JSON object",
        "{\"ramps\":[1]}|r.json: ramps[0]: not an object",
        "{\"ramps\":[], \"ramp\":1}|r.json: ramp: unknown key; known: calibration, ramps,"
            + " trainedFor",
        "{\"ramps\":[], \"trainedFor\":[\"x\"]}|r.json: trainedFor: \"x\" is not one of: map, copy",
        "{\"ramps\":[], \"calibration\":1}|r.json: calibration: not an object",
      })
  void refusesOtherDocuments(String json, String message) {
    assertRefused(json, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"depth\":0,\"threshold\":1|depth: 0 is not an integer in (0, layers)",
        "\"depth\":1.5,\"threshold\":1|depth: 1.5 is not an integer in (0, layers)",
        "\"threshold\":1|depth: null is not an integer in (0, layers)",
        "\"depth\":1,\"threshold\":1.01|threshold: 1.01 is not a number in [0, 1] or \"off\"",
        "\"depth\":1,\"threshold\":-0.1|threshold: -0.1 is not a number in [0, 1] or \"off\"",
        "\"depth\":1,\"threshold\":\"NaN\"|threshold: \"NaN\" is not a number in [0, 1] or \"off\"",
        "\"depth\":1|threshold: null is not a number in [0, 1] or \"off\"",
        "\"depth\":1,\"threshold\":1,\"metric\":\"x\"|metric: \"x\" is not one of: margin, max_prob",
        "\"depth\":1,\"threshold\":1,\"head\":\"a:b\"|head: \"a:b\" is neither \"shared\" nor \"file.safet",
        "\"depth\":1,\"threshold\":1,\"head\":\"a.safetensors\"|head: \"a.safetensors\" is neither \"shared\"",
        "\"depth\":1,\"threshold\":1,\"head\":\"a.safetensors:\"|head: \"a.safetensors:\" is neither",
        "\"depth\":1,\"threshold\":1,\"head\":7|head: 7 is neither \"shared\" nor",
        "\"depth\":1,\"threshold\":1,\"head\":\"../a.safetensors:b\"|head: file name '../a.safetensors' is",
        "\"depth\":1,\"threshold\":1,\"head\":\"s3://a/b.safetensors:c\"|head: file name 's3://a/b.safet",
        "\"depth\":1,\"threshold\":1,\"tresh\":1|tresh: unknown key; known: depth, head, metric, thr",
      })
  void refusesOtherRamps(String ramp, String message) {
    assertRefused("{\"ramps\":[{" + ramp + "}]}", "r.json: ramps[0]." + message);
  }

  @Test
  void refusesNaN() {
    assertRefused("{\"ramps\":[{\"depth\":1,\"threshold\":NaN}]}", "r.json: not valid JSON");
  }

  @ParameterizedTest
  @CsvSource({"0", "1", "0.0", "1.0"})
  void bothEndsOfTheRangeAreThresholds(String threshold) {
    RampFile file =
        RampFile.parse("{\"ramps\":[{\"depth\":1,\"threshold\":" + threshold + "}]}", "r.json");

    assertThat(file.ramps().get(0).threshold()).isEqualTo(Float.parseFloat(threshold));
  }

  @ParameterizedTest
  @CsvSource({
    "margin, 0",
    "margin, 1",
    "max_prob, 0",
    "max_prob, 1",
    "entropy, 0",
    "entropy, 1",
    "logit_margin, 0",
    "logit_margin, 1",
    "logit_margin, 12.5",
    "hidden_cosine, 0",
    "hidden_cosine, 1",
    "hidden_cosine, -1"
  })
  void everyMetricHasItsOwnRange(String metric, String threshold) {
    RampFile file = RampFile.parse(ramp(metric, threshold), "r.json");

    assertThat(file.ramps().get(0).metric().text()).isEqualTo(metric);
    assertThat(file.ramps().get(0).threshold()).isEqualTo(Float.parseFloat(threshold));
    assertThat(RampFile.parse(file.format(), "r.json")).isEqualTo(file);
    assertThat(RampFile.parse(ramp(metric, "\"off\""), "r.json").ramps().get(0).isOff()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "margin|1.1|a number in [0, 1]",
        "max_prob|-0.1|a number in [0, 1]",
        "entropy|1.1|a number in [0, 1]",
        "entropy|-0.1|a number in [0, 1]",
        "logit_margin|-0.1|a number of at least 0",
        "logit_margin|1e39|a number of at least 0",
        "hidden_cosine|1.1|a number in [-1, 1]",
        "hidden_cosine|-1.1|a number in [-1, 1]",
        "entropy|\"NaN\"|a number in [0, 1]",
        "hidden_cosine|null|a number in [-1, 1]",
      })
  void refusesThresholdsBeyondTheMetricsRange(String metric, String threshold, String range) {
    assertRefused(
        ramp(metric, threshold),
        "r.json: ramps[0].threshold: " + json(threshold) + " is not " + range + " or \"off\"");
  }

  private static String ramp(String metric, String threshold) {
    return "{\"ramps\":[{\"depth\":1,\"metric\":\"%s\",\"threshold\":%s}]}"
        .formatted(metric, threshold);
  }

  /** As Jackson writes it. */
  private static String json(String number) {
    return number.equals("1e39") ? "1.0E39" : number;
  }

  @Test
  void refusesDepthsThatDoNotIncrease() {
    assertRefused(
        "{\"ramps\":[{\"depth\":2,\"threshold\":1},{\"depth\":2,\"threshold\":1}]}",
        "r.json: ramps[1].depth: 2 is not above 2; depths must increase");
  }

  @Test
  void listsAllErrorsAtOnce() {
    assertRefused(
        "{\"ramps\":[{\"depth\":0,\"threshold\":2}],\"x\":1}",
        """
        r.json has 3 errors:
          - r.json: x: unknown key; known: calibration, ramps, trainedFor
          - r.json: ramps[0].depth: 0 is not an integer in (0, layers)
          - r.json: ramps[0].threshold: 2 is not a number in [0, 1] or "off\"\
        """);
  }

  @Test
  void refusesARampThatTheModelDoesNotReach() {
    RampFile file = RampFile.parse("{\"ramps\":[{\"depth\":8,\"threshold\":1}]}", "r.json");
    ModelSpec spec = spec(9);

    assertThat(file.applyTo(spec, "r.json").ramps()).isEqualTo(file.ramps());
    assertThatThrownBy(() -> file.applyTo(spec(8), "r.json"))
        .isInstanceOf(ModelException.class)
        .hasMessage("r.json: ramps[0].depth: 8 is not in (0, 8), the model's layers");
  }

  private static ModelSpec spec(int layers) {
    return new ModelSpec(
        ModelFamily.LLAMA, layers, 8, 8, 1, 1, 8, 8, 8, 1e-5f, 10_000, true, List.of());
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> RampFile.parse(json, "r.json"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(message);
  }
}
