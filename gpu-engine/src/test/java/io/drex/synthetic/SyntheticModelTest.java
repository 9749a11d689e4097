package io.drex.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.drex.device.cuda.CudaBackend;
import io.drex.engine.Completion;
import io.drex.engine.DrexEngine;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.Request;
import io.drex.engine.SamplingParams;
import io.drex.model.LayerTensor;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.RampSpec;
import io.drex.policy.ModelShape;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticModelTest {
  private static final ModelShape SMALL = new ModelShape("small", 8, 64, 96, 4, 2, 16, 500);

  @Test
  void namesTheKnownShapes() {
    assertThat(SyntheticModel.isSynthetic("synthetic:llama-2-7b")).isTrue();
    assertThat(SyntheticModel.isSynthetic("/models/synthetic:llama-2-7b")).isFalse();
    assertThat(SyntheticName.parse("synthetic:tinyllama-1.1b").shape().hidden()).isEqualTo(2048);
    assertThat(SyntheticModel.shapeName("synthetic:llama-2-70b/alias=8")).isEqualTo("llama-2-70b");
    assertThatThrownBy(() -> SyntheticModel.load("synthetic:llama"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "no synthetic model 'synthetic:llama'; known shapes: llama-2-7b, llama-2-13b,"
                + " llama-2-70b, qwen-14b, llama-3.1-8b, tinyllama-1.1b, tiny");
  }

  @Test
  void hasRampsAtAQuarterAndAHalfOfItsDepth() {
    LoadedModel model = SyntheticModel.of(SMALL);
    assertThat(model.spec().ramps()).extracting(RampSpec::depth).containsExactly(2, 4);
    assertThat(model.contentHash()).startsWith("synthetic:small");
    assertThat(model.stopTokens()).isEmpty();
  }

  @Test
  void givesEveryLayerWeightsOfItsOwnAndTheSameEachTime() {
    LoadedModel model = SyntheticModel.of(SMALL);
    String first = "model.layers.0.mlp.up_proj.weight";
    String second = "model.layers.1.mlp.up_proj.weight";
    assertThat(model.tensor(first).data()).isNotEqualTo(model.tensor(second).data());
    assertThat(model.tensor(first).data()).isEqualTo(SyntheticModel.of(SMALL).tensor(first).data());
  }

  @Test
  void anAliasRepeatsTheFirstLayers() {
    LoadedModel plain = SyntheticModel.load("synthetic:tiny");
    LoadedModel aliased = SyntheticModel.load("synthetic:tiny/alias=3");
    assertThat(aliased.contentHash()).isEqualTo("synthetic:tiny/alias=3-1");
    assertThat(aliased.spec()).isEqualTo(plain.spec());
    for (LayerTensor name : LayerTensor.values()) {
      if (aliased.spec().family().has(name)) {
        String first = aliased.spec().family().layer(0, name);
        String third = aliased.spec().family().layer(2, name);
        String last = aliased.spec().family().layer(3, name);
        assertThat(aliased.tensor(last)).isSameAs(aliased.tensor(first));
        assertThat(aliased.tensor(third).data()).isEqualTo(plain.tensor(third).data());
      }
    }
    assertThat(IntStream.range(0, 4).map(aliased::firstLike)).containsExactly(0, 1, 2, 0);
    assertThat(IntStream.range(0, 4).map(plain::firstLike)).containsExactly(0, 1, 2, 3);
    long ofALayer = 2L * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 64 * 160 + 2 * 64);
    assertThat(plain.weightBytes() - aliased.weightBytes()).isEqualTo(ofALayer);
  }

  @Test
  void anAliasOfAllLayersIsNone() {
    assertThat(SyntheticModel.load("synthetic:tiny/alias=4").contentHash())
        .isEqualTo("synthetic:tiny-1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "5", "-1", "two", "", "99999999999"})
  void refusesAliasesThatTheLayersDoNotHave(String alias) {
    assertThatThrownBy(() -> SyntheticModel.load("synthetic:tiny/alias=" + alias))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            "no synthetic model 'synthetic:tiny/alias="
                + alias
                + "': alias is the number of layers with weights of their own, 1 to 4 for tiny");
  }

  /** Changes only together with the version in the models' hash. */
  @Test
  void aNamesWeightsStayTheSameBits() {
    CRC32 bits = new CRC32();
    LoadedModel model = SyntheticModel.load("synthetic:tiny");
    new TreeMap<>(model.tensors())
        .forEach(
            (name, tensor) -> {
              bits.update(name.getBytes(StandardCharsets.UTF_8));
              bits.update(tensor.data().duplicate());
            });
    assertThat(model.contentHash()).isEqualTo("synthetic:tiny-1");
    assertThat(Long.toHexString(bits.getValue())).isEqualTo("3afdc1ec");
  }

  @Test
  void sizesAreKnownBeforeWeightsAreMade() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    LoadedModel model = SyntheticModel.load("synthetic:llama-2-70b");
    assertThat(model.weightBytes()).isBetween(137_000_000_000L, 138_000_000_000L);
    assertThat(new CudaBackend().weights(model).deviceBytes()).isGreaterThan(137_000_000_000L);
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 << 20);
  }

  @Test
  void runsOnTheCpuToTheLengthThatWasAskedFor() throws InterruptedException {
    EngineOptions options =
        EngineOptions.defaults()
            .withDevice("cpu:scalar")
            .withSlots(2)
            .withThreads(1)
            .withMaxSequenceTokens(32)
            .withMeasureMillis(0);
    try (DrexEngine engine = DrexEngine.open(SyntheticModel.of(SMALL), options);
        EngineSession session = engine.openSession("test")) {
      Request request = new Request(1, new int[] {3, 1, 4}, new SamplingParams(12));
      assertThat(session.submit(request, 1000)).isTrue();
      Completion completion = null;
      while (completion == null) {
        completion = session.poll(1000);
      }
      assertThat(completion.error()).isNull();
      assertThat(completion.tokens()).hasSize(12);
    }
  }
}
