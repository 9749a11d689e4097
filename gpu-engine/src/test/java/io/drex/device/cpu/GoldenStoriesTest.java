package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.drex.device.KvFill;
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
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A real f32 model against an independent float32 forward pass. */
class GoldenStoriesTest {
  private static final Path FOLDER = GoldenFile.root().resolve("../shared/data/stories260k");

  @BeforeEach
  void needsTheSharedData() {
    assumeTrue(Files.exists(FOLDER), "the shared model stories260k is not here: " + FOLDER);
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyLayersHeadReadsTheGoldenLogits(KernelKind kind) throws IOException {
    LoadedModel model = ModelLoader.load(FOLDER);
    for (JsonNode prompt : golden().get("cases")) {
      int[] promptIds = GoldenFile.ints(prompt.get("prompt_ids"));
      try (LayerProbe probe = new LayerProbe(model, kind)) {
        for (int i = 0; i < promptIds.length - 1; i++) {
          probe.accept(promptIds[i]);
        }
        int token = promptIds[promptIds.length - 1];
        for (JsonNode step : prompt.get("steps")) {
          probe.acceptAndCompare(token, GoldenFile.readings(step.get("layers")));
          token = step.get("next").intValue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void fullDepthDecodesTheGoldenTokens(KernelKind kind) throws IOException {
    LoadedModel model =
        GoldenFile.withRamps(ModelLoader.load(FOLDER), new int[] {2, 3}, RampSpec.OFF);
    for (JsonNode prompt : golden().get("cases")) {
      int[] ids = GoldenFile.ints(prompt.get("generated_ids"));
      List<Step> steps = decode(kind, model, KvFill.MAP, prompt, ids.length);
      assertThat(steps.stream().mapToInt(Step::token).toArray()).isEqualTo(ids);
      assertThat(steps).extracting(Step::depth).containsOnly(model.spec().layers());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SCALAR, MAP,       copy",
    "VECTOR, MAP,       copy",
    "SCALAR, COPY,      copy",
    "VECTOR, COPY,      copy",
    "SCALAR, PROPAGATE, propagate",
    "VECTOR, PROPAGATE, propagate",
    "SCALAR, RECOMPUTE, postfill",
    "VECTOR, RECOMPUTE, postfill"
  })
  void earlyExitsDecodeTheGoldenTokensAndDepths(KernelKind kind, KvFill fill, String golden)
      throws IOException {
    LoadedModel plain = ModelLoader.load(FOLDER);
    int cases = 0;
    for (JsonNode run : golden().get("early_exit")) {
      if (!run.get("policy").textValue().equals(golden)) {
        continue;
      }
      cases++;
      int[] depths = GoldenFile.ints(run.get("ramps_after_layers"));
      LoadedModel model = GoldenFile.withRamps(plain, depths, run.get("threshold").floatValue());
      int[] ids = GoldenFile.ints(run.get("generated_ids"));
      List<Step> steps = decode(kind, model, fill, run, ids.length);
      int[] exits = GoldenFile.ints(run.get("exit_layer"));
      double[] confidences = GoldenFile.doubles(run.get("conf"));
      GoldenFile.assertSteps(steps, new GoldenCompletion(ids, exits, confidences));
    }
    assertThat(cases).isEqualTo(16);
  }

  private static List<Step> decode(
      KernelKind kind, LoadedModel model, KvFill fill, JsonNode run, int tokens) {
    CpuBackend backend =
        new CpuBackend(kind == KernelKind.VECTOR ? CpuProvider.VECTOR : CpuProvider.SCALAR);
    return SoloDecoder.decode(backend, model, fill, GoldenFile.ints(run.get("prompt_ids")), tokens);
  }

  private static JsonNode golden() throws IOException {
    return GoldenFile.read(FOLDER.resolve("golden.json"));
  }
}
