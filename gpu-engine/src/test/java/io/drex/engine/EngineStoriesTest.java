package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.device.KvFill;
import io.drex.golden.GoldenCompletion;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real f32 model through the whole engine under every KV method, against ids and exit layers that
 * an independent float32 forward pass computed one by one.
 */
@Timeout(240)
class EngineStoriesTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("drex.root"), "../shared/data/stories260k");

  private static LoadedModel model;
  private static JsonNode golden;

  /** Runs of the golden that one engine serves at once. */
  private record Setting(float threshold, List<Integer> rampDepths) {}

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), () -> "no shared data: " + FOLDER);
    LoadedModel loaded = ModelLoader.load(FOLDER);
    // The golden goes on after a stop token.
    model = new LoadedModel(loaded.spec(), Set.of(), loaded.contentHash(), loaded.tensors());
    golden = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
  }

  @ParameterizedTest
  @CsvSource({
    "cpu:vector, MAP,       copy",
    "cpu:vector, COPY,      copy",
    "cpu:scalar, PROPAGATE, propagate",
    "cpu:vector, PROPAGATE, propagate",
    "cpu:scalar, RECOMPUTE, postfill",
    "cpu:vector, RECOMPUTE, postfill"
  })
  void everyKvMethodGivesTheGoldenIdsAndExits(String device, KvFill kvFill, String policy)
      throws InterruptedException {
    EngineOptions options =
        EngineOptions.defaults()
            .withDevice(device)
            .withKvFill(kvFill)
            .withSlots(3)
            .withMeasureMillis(0);
    Map<Setting, List<JsonNode>> settings = settings(policy);
    assertThat(settings).hasSize(4);
    for (Map.Entry<Setting, List<JsonNode>> entry : settings.entrySet()) {
      LoadedModel ramped = model.withSpec(spec(entry.getKey()));
      List<JsonNode> runs = entry.getValue();
      List<int[]> prompts = runs.stream().map(run -> ints(run.get("prompt_ids"))).toList();
      Map<Long, Completion> all = Batch.run(ramped, options, prompts);
      Batch.assertGolden(ramped, all, runs.stream().map(EngineStoriesTest::completion).toList());
      if (kvFill == KvFill.RECOMPUTE) {
        assertThat(all.values())
            .as("a confident row after an exit goes on, and is counted")
            .anyMatch(completion -> completion.exits().involuntaryStays() > 0);
      }
    }
  }

  private static Map<Setting, List<JsonNode>> settings(String policy) {
    Map<Setting, List<JsonNode>> settings = new LinkedHashMap<>();
    for (JsonNode run : golden.get("early_exit")) {
      if (run.get("policy").textValue().equals(policy)) {
        List<Integer> depths = IntStream.of(ints(run.get("ramps_after_layers"))).boxed().toList();
        settings
            .computeIfAbsent(
                new Setting(run.get("threshold").floatValue(), depths), s -> new ArrayList<>())
            .add(run);
      }
    }
    return settings;
  }

  private static ModelSpec spec(Setting setting) {
    return model
        .spec()
        .withRamps(
            setting.rampDepths().stream()
                .map(depth -> new RampSpec(depth, ConfidenceMetric.MAX_PROB, setting.threshold()))
                .toList());
  }

  private static GoldenCompletion completion(JsonNode run) {
    JsonNode confidences = run.get("conf");
    return new GoldenCompletion(
        ints(run.get("generated_ids")),
        ints(run.get("exit_layer")),
        IntStream.range(0, confidences.size())
            .mapToDouble(i -> confidences.get(i).doubleValue())
            .toArray());
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }
}
