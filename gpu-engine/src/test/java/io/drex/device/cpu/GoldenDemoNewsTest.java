package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.FloatModel;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.SoloDecoder;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.golden.GoldenCase;
import io.drex.golden.GoldenCompletion;
import io.drex.golden.GoldenRamps;
import io.drex.golden.ModelGolden;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels on the bundled model against a forward pass in double precision. */
class GoldenDemoNewsTest {
  private static LoadedModel shipped;
  private static LoadedModel model;
  private static ModelGolden golden;

  @BeforeAll
  static void read(@TempDir Path directory) throws IOException {
    shipped = ModelLoader.load(BundledModel.extract("bundled:", directory));
    model = FloatModel.of(shipped);
    golden = ModelGolden.read(model);
  }

  @Test
  void theGoldenHasExitsAtEachOfTheModelsRampsAndAtFullDepth() {
    List<Integer> depths = new ArrayList<>();
    for (GoldenCase article : golden.cases()) {
      for (int depth : article.completion(GoldenRamps.SHIPPED).depths()) {
        depths.add(depth);
      }
    }
    model.spec().ramps().forEach(ramp -> assertThat(depths).contains(ramp.depth()));
    // Each completion's first token has run at full depth whatever the ramps are.
    assertThat(depths.stream().filter(depth -> depth == model.spec().layers()).count())
        .isGreaterThan(golden.cases().size());
  }

  @ParameterizedTest
  @EnumSource(KernelKind.class)
  void everyLayersHeadReadsTheGoldenLogits(KernelKind kind) {
    try (LayerProbe probe = new LayerProbe(model, kind)) {
      for (GoldenCase article : cases(kind)) {
        int[] prompt = article.prompt();
        probe.restart();
        for (int i = 0; i < prompt.length - 1; i++) {
          probe.accept(prompt[i]);
        }
        probe.acceptAndCompare(prompt[prompt.length - 1], article.layers());
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"SCALAR, MAP", "VECTOR, MAP", "VECTOR, COPY"})
  void decodesTheGoldenTokensAndDepths(KernelKind kind, KvFill fill) {
    for (GoldenRamps ramps : GoldenRamps.values()) {
      LoadedModel ramped = model.withSpec(ramps.of(model.spec()));
      DeviceOptions options = LockstepDecoder.options(ramped.spec(), fill, 1, 1);
      try (DeviceModel device = CpuModel.open(ramped, options, kind)) {
        for (GoldenCase article : cases(kind)) {
          GoldenCompletion expected = article.completion(ramps);
          List<Step> steps =
              SoloDecoder.decode(device, ramped, options, article.prompt(), expected.ids().length);
          GoldenFile.assertSteps(steps, expected);
        }
      }
    }
  }

  /** What rounding K and V to bf16, as the model ships, may cost. */
  @Test
  void kvInBf16KeepsNearlyAllTexts() {
    LoadedModel ramped = shipped.withSpec(GoldenRamps.SHIPPED.of(shipped.spec()));
    DeviceOptions options = LockstepDecoder.options(ramped.spec(), KvFill.MAP, 1, 1);
    int same = 0;
    try (DeviceModel device = CpuModel.open(ramped, options, KernelKind.VECTOR)) {
      for (GoldenCase article : golden.cases()) {
        GoldenCompletion expected = article.completion(GoldenRamps.SHIPPED);
        List<Step> steps =
            SoloDecoder.decode(device, ramped, options, article.prompt(), expected.ids().length);
        int[] ids = steps.stream().mapToInt(Step::token).toArray();
        same += Arrays.equals(ids, expected.ids()) ? 1 : 0;
      }
    }
    assertThat(same).isGreaterThanOrEqualTo(golden.cases().size() * 9 / 10);
  }

  /** A part of the articles, a smaller one where they would take long. */
  private static List<GoldenCase> cases(KernelKind kind) {
    int step = kind == KernelKind.SCALAR ? 8 : 2;
    List<GoldenCase> cases = new ArrayList<>();
    for (int i = 0; i < golden.cases().size(); i += step) {
      cases.add(golden.cases().get(i));
    }
    return cases;
  }
}
