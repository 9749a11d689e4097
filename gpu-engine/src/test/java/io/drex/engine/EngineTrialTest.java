package io.drex.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.device.FloatModel;
import io.drex.device.KvFill;
import io.drex.golden.GoldenCompletion;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model of the shared data through the whole engine, all prompts in flight at once, against texts
 * and exit layers that an independent float32 forward pass computed one by one.
 */
@Timeout(240)
class EngineTrialTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("drex.root"), "../shared/data/demo-trial");
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults()
          .withDevice("cpu")
          .withSlots(10)
          .withMaxPrefillTokens(100)
          .withMeasureMillis(0);

  private static LoadedModel model;
  private static List<JsonNode> cases;

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(Files.isDirectory(FOLDER), () -> "no shared data: " + FOLDER);
    model = FloatModel.of(ModelLoader.load(FOLDER));
    cases = new ArrayList<>();
    JsonNode golden = new ObjectMapper().readTree(FOLDER.resolve("golden.json").toFile());
    golden.get("cases").forEach(cases::add);
  }

  @Test
  void fullDepthGivesTheGoldenTexts() throws InterruptedException {
    // The LM head reports the metric of the deepest ramp, here the golden's.
    LoadedModel ramped = withRamps(new int[] {4}, RampSpec.OFF);
    assertGolden(ramped, OPTIONS.withPolicy("full_depth"), "none", new int[0]);
  }

  @ParameterizedTest
  @CsvSource({"MAP, copy", "COPY, copy", "PROPAGATE, propagate"})
  void rebatchWithThreeRampsGivesTheGoldenTextsAndExits(KvFill kvFill, String golden)
      throws InterruptedException {
    int[] depths = {2, 4, 6};
    assertGolden(withRamps(depths, .9f), OPTIONS.withKvFill(kvFill), golden, depths);
  }

  @ParameterizedTest
  @CsvSource({"MAP, copy", "COPY, copy", "PROPAGATE, propagate"})
  void rebatchWithARampAfterEachLayerGivesTheGoldenTextsAndExits(KvFill kvFill, String golden)
      throws InterruptedException {
    int[] depths = {1, 2, 3, 4, 5, 6, 7};
    assertGolden(withRamps(depths, .99f), OPTIONS.withKvFill(kvFill), golden, depths);
  }

  private static void assertGolden(
      LoadedModel model, EngineOptions options, String policy, int[] ramps)
      throws InterruptedException {
    List<int[]> prompts = cases.stream().map(one -> ints(one.get("prompt_ids"))).toList();
    Map<Long, Completion> all = Batch.run(model, options, prompts);
    Batch.assertGolden(model, all, cases.stream().map(one -> golden(one, policy, ramps)).toList());
  }

  private static GoldenCompletion golden(JsonNode oneCase, String policy, int[] ramps) {
    for (JsonNode run : oneCase.get("runs")) {
      if (run.get("policy").textValue().equals(policy)
          && Arrays.equals(ints(run.get("ramps_after_layers")), ramps)) {
        JsonNode confidences = run.get("conf");
        return new GoldenCompletion(
            ints(run.get("ids")),
            ints(run.get("exit_layer")),
            IntStream.range(0, confidences.size())
                .mapToDouble(i -> confidences.get(i).doubleValue())
                .toArray());
      }
    }
    throw new AssertionError("no golden run with the policy " + policy);
  }

  private static LoadedModel withRamps(int[] depths, float threshold) {
    List<RampSpec> ramps = new ArrayList<>();
    for (int depth : depths) {
      ramps.add(new RampSpec(depth, ConfidenceMetric.MAX_PROB, threshold));
    }
    return model.withSpec(model.spec().withRamps(ramps));
  }

  private static int[] ints(JsonNode array) {
    return IntStream.range(0, array.size()).map(i -> array.get(i).intValue()).toArray();
  }
}
