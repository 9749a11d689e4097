package io.drex.device.cpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.FloatModel;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.SoloDecoder;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.golden.GoldenCompletion;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.model.RampSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A real bf16 model, trained for early exits, against an independent float32 forward pass. */
class GoldenDemoTrialTest {
  private static final Path FOLDER = GoldenFile.root().resolve("../shared/data/demo-trial");

  private static LoadedModel model;
  private static JsonNode cases;

  @BeforeAll
  static void read() throws IOException {
    assumeTrue(Files.exists(FOLDER), "the shared model demo-trial is not here: " + FOLDER);
    model = FloatModel.of(ModelLoader.load(FOLDER));
    cases = GoldenFile.read(FOLDER.resolve("golden.json")).get("cases");
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyLayersHeadReadsTheGoldenLogits(KernelKind kind) {
    try (LayerProbe probe = new LayerProbe(model, kind)) {
      for (JsonNode article : articles(kind)) {
        int[] prompt = GoldenFile.ints(article.get("prompt_ids"));
        probe.restart();
        for (int i = 0; i < prompt.length - 1; i++) {
          probe.accept(prompt[i]);
        }
        JsonNode layers = article.get("after_prompt").get("layers");
        probe.acceptAndCompare(prompt[prompt.length - 1], GoldenFile.readings(layers));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SCALAR, MAP,       copy",
    "VECTOR, MAP,       copy",
    "VECTOR, COPY,      copy",
    "VECTOR, PROPAGATE, propagate"
  })
  void decodesTheGoldenTokensAndDepths(KernelKind kind, KvFill fill, String golden) {
    List<JsonNode> articles = articles(kind);
    for (JsonNode run : articles.get(0).get("runs")) {
      boolean full = run.get("policy").textValue().equals("none");
      if (!full && !run.get("policy").textValue().equals(golden)) {
        continue;
      }
      // The LM head reports the deepest ramp's metric, off or not.
      LoadedModel ramped =
          full
              ? GoldenFile.withRamps(model, new int[] {4}, RampSpec.OFF)
              : GoldenFile.withRamps(
                  model,
                  GoldenFile.ints(run.get("ramps_after_layers")),
                  run.get("threshold").floatValue());
      DeviceOptions options = LockstepDecoder.options(ramped.spec(), fill, 1, 1);
      try (DeviceModel device = CpuModel.open(ramped, options, kind)) {
        for (JsonNode article : articles) {
          compare(device, ramped, options, article, run);
        }
      }
    }
  }

  private static void compare(
      DeviceModel device,
      LoadedModel model,
      DeviceOptions options,
      JsonNode article,
      JsonNode like) {
    for (JsonNode run : article.get("runs")) {
      if (run.get("policy").equals(like.get("policy"))
          && run.get("ramps_after_layers").equals(like.get("ramps_after_layers"))) {
        int[] ids = GoldenFile.ints(run.get("ids"));
        int[] prompt = GoldenFile.ints(article.get("prompt_ids"));
        List<Step> steps = SoloDecoder.decode(device, model, options, prompt, ids.length);
        int[] depths = GoldenFile.ints(run.get("exit_layer"));
        double[] confidences = GoldenFile.doubles(run.get("conf"));
        GoldenFile.assertSteps(steps, new GoldenCompletion(ids, depths, confidences));
      }
    }
  }

  /** All articles, or a quarter of them where they would take long. */
  private static List<JsonNode> articles(KernelKind kind) {
    int step = kind == KernelKind.SCALAR ? 4 : 1;
    List<JsonNode> articles = new ArrayList<>();
    for (int i = 0; i < cases.size(); i += step) {
      articles.add(cases.get(i));
    }
    return articles;
  }
}
