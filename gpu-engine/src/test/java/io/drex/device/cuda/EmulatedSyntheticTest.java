package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.model.LoadedModel;
import io.drex.model.ModelException;
import io.drex.model.RandomBlock;
import io.drex.model.Tensor;
import io.drex.model.TensorSource;
import io.drex.synthetic.SyntheticModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Models with random weights on the emulated driver. */
@Tag("own-jvm")
class EmulatedSyntheticTest {
  private static final LoadedModel TINY = SyntheticModel.load("synthetic:tiny");

  @BeforeAll
  static void load() {
    Emulation.load();
  }

  @Test
  void weightsMadeOnTheDeviceAreThoseThatTheHostMakes() {
    assertThat(decode(TINY)).isEqualTo(decode(with(TINY, EmulatedSyntheticTest::stored)));
  }

  @Test
  void theHostMakesNoneOfThem() {
    LoadedModel unheld = with(TINY, EmulatedSyntheticTest::ofABlockLongerThanAnArray);
    String name = TINY.spec().family().embedding();
    assertThatThrownBy(() -> unheld.tensor(name).data()).isInstanceOf(ModelException.class);
    assertThat(decode(unheld)).isEqualTo(decode(TINY));
    assertThat(new CudaBackend().weights(unheld)).isEqualTo(new CudaBackend().weights(TINY));
  }

  @Test
  void aliasedLayersAreMadeOnce() {
    LoadedModel aliased = SyntheticModel.load("synthetic:tiny/alias=1");
    CudaBackend cuda = new CudaBackend();
    long saved = cuda.weights(TINY).bytes() - cuda.weights(aliased).bytes();
    assertThat(memoryBytes(TINY) - memoryBytes(aliased)).isGreaterThanOrEqualTo(saved);
    assertThat(decode(aliased)).isEqualTo(decode(with(aliased, EmulatedSyntheticTest::stored)));
  }

  private static long memoryBytes(LoadedModel model) {
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 1, 1);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      return device.memoryBytes();
    }
  }

  private static List<List<LockstepDecoder.Step>> decode(LoadedModel model) {
    List<int[]> prompts = List.of(new int[] {3, 1, 4, 1, 5, 9, 2, 6}, new int[] {299});
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, 2, 1);
    try (DeviceModel device = new CudaBackend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, 16);
      for (int i = 0; i < 8; i++) {
        decoder.step();
      }
      return List.of(decoder.steps(0), decoder.steps(1));
    }
  }

  private static LoadedModel with(LoadedModel model, UnaryOperator<Tensor> how) {
    Map<String, Tensor> tensors = new HashMap<>(model.tensors());
    tensors.replaceAll((name, tensor) -> how.apply(tensor));
    return new LoadedModel(model.spec(), model.stopTokens(), model.contentHash(), tensors);
  }

  /** With elements in the heap. */
  private static Tensor stored(Tensor tensor) {
    return new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), tensor.data());
  }

  /** With the same elements, of a block that the heap cannot hold. */
  private static Tensor ofABlockLongerThanAnArray(Tensor tensor) {
    if (!(tensor.source() instanceof TensorSource.Random values)) {
      return tensor;
    }
    RandomBlock block = values.block();
    RandomBlock endless = new RandomBlock(block.seed(), block.widest(), 1L << 40);
    TensorSource source = new TensorSource.Random(endless, values.first(), values.count());
    return new Tensor(tensor.name(), tensor.dtype(), tensor.shape(), source);
  }
}
