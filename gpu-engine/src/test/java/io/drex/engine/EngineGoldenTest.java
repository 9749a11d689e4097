package io.drex.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.drex.device.KvFill;
import io.drex.model.BundledModel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The bundled model through the whole engine, all prompts in flight at once, against texts and exit
 * layers that an independent float32 forward pass computed one by one.
 */
@Timeout(240)
class EngineGoldenTest {
  private static final String GOLDEN = "/io/drex/golden/demo-trial/golden.json";
  private static final EngineOptions OPTIONS =
      EngineOptions.defaults().withDevice("cpu").withSlots(10).withMaxPrefillTokens(100);
  private static final int MOST_TOKENS = 64;

  private static LoadedModel model;
  private static List<JsonNode> cases;

  @BeforeAll
  static void read(@TempDir Path folder) throws IOException {
    model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    cases = new ArrayList<>();
    try (InputStream golden = EngineGoldenTest.class.getResourceAsStream(GOLDEN)) {
      new ObjectMapper().readTree(golden).get("cases").forEach(cases::add);
    }
  }

  @Test
  void fullDepthGivesTheGoldenTexts() throws InterruptedException {
    assertGolden(model, OPTIONS.withPolicy("full_depth"), "none", new int[0]);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void rebatchWithThreeRampsGivesTheGoldenTextsAndExits(KvFill kvFill) throws InterruptedException {
    int[] depths = {2, 4, 6};
    assertGolden(withRamps(depths, .9f), OPTIONS.withKvFill(kvFill), "copy", depths);
  }

  @ParameterizedTest
  @EnumSource(KvFill.class)
  void rebatchWithARampAfterEachLayerGivesTheGoldenTextsAndExits(KvFill kvFill)
      throws InterruptedException {
    int[] depths = {1, 2, 3, 4, 5, 6, 7};
    assertGolden(withRamps(depths, .99f), OPTIONS.withKvFill(kvFill), "copy", depths);
  }

  private static void assertGolden(
      LoadedModel model, EngineOptions options, String policy, int[] ramps)
      throws InterruptedException {
    Map<Long, Completion> all = run(model, options);
    for (int id = 0; id < cases.size(); id++) {
      JsonNode golden = golden(cases.get(id), policy, ramps);
      Completion completion = Objects.requireNonNull(all.get((long) id));
      assertThat(completion.tokens()).as("ids of %d", id).isEqualTo(ints(golden.get("ids")));
      int[] exitLayers = new int[completion.depths().length];
      for (int token = 0; token < exitLayers.length; token++) {
        exitLayers[token] = completion.depths()[token];
      }
      assertThat(exitLayers).as("exit layers of %d", id).isEqualTo(ints(golden.get("exit_layer")));
      assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
      for (int token = 0; token < exitLayers.length; token++) {
        assertThat(completion.confidences()[token])
            .as("confidence of token %d of %d", token, id)
            .isCloseTo(golden.get("conf").get(token).floatValue(), within(1e-4f));
      }
    }
  }

  private static Map<Long, Completion> run(LoadedModel model, EngineOptions options)
      throws InterruptedException {
    try (DrexEngine engine = DrexEngine.open(model, options);
        EngineSession session = engine.openSession("golden")) {
      for (int id = 0; id < cases.size(); id++) {
        int[] prompt = ints(cases.get(id).get("prompt_ids"));
        session.submit(new Request(id, prompt, new SamplingParams(MOST_TOKENS)), 60_000);
      }
      return Replies.all(session);
    }
  }

  private static JsonNode golden(JsonNode oneCase, String policy, int[] ramps) {
    for (JsonNode run : oneCase.get("runs")) {
      if (run.get("policy").textValue().equals(policy)
          && Arrays.equals(ints(run.get("ramps_after_layers")), ramps)) {
        return run;
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
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }
}
