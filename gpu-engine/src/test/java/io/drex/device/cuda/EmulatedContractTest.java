package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceModelContractTest;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.ReferenceDecoder;
import io.drex.device.SoloDecoder;
import io.drex.device.TinyModel;
import io.drex.model.ConfidenceMetric;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import io.drex.model.RampSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The kernels on the emulated driver; in a JVM of its own, as that driver stays loaded. */
@Tag("own-jvm")
class EmulatedContractTest extends DeviceModelContractTest {
  @BeforeAll
  static void load() {
    Emulation.load();
  }

  @Override
  protected ReferenceDecoder.Rounding rounding() {
    return ReferenceDecoder.Rounding.LINEAR;
  }

  /** A value near the middle between two of bf16 goes to either. */
  @Override
  protected float tolerance() {
    return 2e-2f;
  }

  /** A third takes minutes as it is; {@code -Ddrex.test.emulatedFully=true} runs all. */
  @Override
  protected int some(int count) {
    return Boolean.getBoolean("drex.test.emulatedFully") ? count : (count + 2) / 3;
  }

  @Override
  protected DeviceBackend backend() {
    return new CudaBackend();
  }

  /** Logits are kept for a block of head rows at a time. */
  @Test
  void readsMoreHeadsThanABlockHolds() {
    LoadedModel tiny = TinyModel.random(1, DType.BF16);
    List<RampSpec> ramps = List.of(new RampSpec(2, ConfidenceMetric.HIDDEN_COSINE, RampSpec.OFF));
    LoadedModel model = tiny.withSpec(tiny.spec().withRamps(ramps));
    int sequences = 130;
    List<int[]> prompts =
        IntStream.range(0, sequences).mapToObj(i -> new int[] {i % TinyModel.VOCAB}).toList();
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.MAP, sequences, 1);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      decoder.prefill(prompts, 1);
      for (int i : new int[] {0, 127, 128, 129}) {
        assertThat(decoder.steps(i))
            .as("sequence %d", i)
            .isEqualTo(SoloDecoder.decode(backend(), model, KvFill.MAP, prompts.get(i), 1));
      }
    }
  }
}
