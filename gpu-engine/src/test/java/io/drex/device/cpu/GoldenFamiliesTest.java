package io.drex.device.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.FloatModel;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.LockstepDecoder.Step;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyFolder;
import io.drex.device.TinyModel;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.golden.GoldenCase;
import io.drex.golden.GoldenCompletion;
import io.drex.golden.GoldenRamps;
import io.drex.golden.GoldenReference;
import io.drex.model.LoadedModel;
import io.drex.model.ModelFamily;
import io.drex.model.ModelLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A random model of each family, written to a folder in three shards and read from there, against a
 * forward pass in double precision.
 */
class GoldenFamiliesTest {
  private static final int PROMPTS = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(ModelFamily.class)
  void everyFamilyGivesTheLogitsTokensAndExitsOfExactArithmetic(ModelFamily family) {
    LoadedModel model = load(TinyModel.ofFamily(family, 3));
    List<GoldenCase> cases = cases(model);
    for (KernelKind kind : KernelKind.values()) {
      for (GoldenCase golden : cases) {
        assertLogits(model, kind, golden);
      }
      for (GoldenRamps ramps : GoldenRamps.values()) {
        assertCompletions(model, kind, KvFill.MAP, ramps, cases);
      }
    }
    assertCompletions(model, KernelKind.SCALAR, KvFill.COPY, GoldenRamps.SHIPPED, cases);
    assertThat(cases.stream().flatMap(golden -> depths(golden, GoldenRamps.SHIPPED)))
        .contains(2, 4, TinyModel.LAYERS);
  }

  @Test
  void aFamilysOwnTensorsChangeItsTokens() {
    List<List<Integer>> tokens = new ArrayList<>();
    for (ModelFamily family : ModelFamily.values()) {
      LoadedModel model = load(TinyModel.ofFamily(family, 3));
      tokens.add(
          SoloDecoder.decode(
                  new CpuBackend(CpuProvider.SCALAR),
                  model,
                  KvFill.MAP,
                  TinyModel.prompt(1, 60),
                  24)
              .stream()
              .map(Step::token)
              .toList());
    }
    assertThat(tokens).doesNotHaveDuplicates();
  }

  private LoadedModel load(LoadedModel model) {
    Path shards = folder.resolve(model.spec().family().modelType());
    LoadedModel loaded = ModelLoader.load(TinyFolder.write(model, shards, 3));
    assertThat(loaded.spec()).isEqualTo(model.spec());
    return FloatModel.of(loaded);
  }

  /** Prompts, one of them longer than scaled frequencies' first context, with sound decisions. */
  private static List<GoldenCase> cases(LoadedModel model) {
    GoldenReference reference = new GoldenReference(model);
    List<GoldenCase> cases =
        IntStream.range(0, 40)
            .mapToObj(i -> reference.compute(i, "", TinyModel.prompt(i, i == 0 ? 60 : 3 + i % 20)))
            .flatMap(Optional::stream)
            .limit(PROMPTS)
            .toList();
    assertThat(cases).as("prompts without close decisions").hasSize(PROMPTS);
    return cases;
  }

  private static void assertLogits(LoadedModel model, KernelKind kind, GoldenCase golden) {
    int[] prompt = golden.prompt();
    try (LayerProbe probe = new LayerProbe(model, kind)) {
      for (int i = 0; i < prompt.length - 1; i++) {
        probe.accept(prompt[i]);
      }
      probe.acceptAndCompare(prompt[prompt.length - 1], golden.layers());
    }
  }

  private static void assertCompletions(
      LoadedModel model, KernelKind kind, KvFill fill, GoldenRamps ramps, List<GoldenCase> cases) {
    LoadedModel ramped = model.withSpec(ramps.of(model.spec()));
    DeviceOptions options = LockstepDecoder.options(ramped.spec(), fill, 1, 1);
    try (DeviceModel device = CpuModel.open(ramped, options, kind)) {
      for (GoldenCase golden : cases) {
        GoldenCompletion expected = golden.completion(ramps);
        List<Step> steps =
            SoloDecoder.decode(device, ramped, options, golden.prompt(), expected.ids().length);
        GoldenFile.assertSteps(steps, expected);
      }
    }
  }

  private static Stream<Integer> depths(GoldenCase golden, GoldenRamps ramps) {
    return IntStream.of(golden.completion(ramps).depths()).boxed();
  }
}
