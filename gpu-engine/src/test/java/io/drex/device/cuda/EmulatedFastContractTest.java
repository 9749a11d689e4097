package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.KvFill;
import io.drex.device.LockstepDecoder;
import io.drex.device.TinyModel;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.model.DType;
import io.drex.model.LoadedModel;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same on the emulated driver, with a cuBLAS of plain loops. */
@Tag("own-jvm")
class EmulatedFastContractTest extends CudaFastContract {
  private static final int PRODUCTS = 4; // of a layer

  private static Emulation emulation;

  @BeforeAll
  static void load() {
    emulation = Emulation.load();
  }

  /** As {@link EmulatedContractTest#some}. */
  @Override
  protected int some(int count) {
    return Boolean.getBoolean("drex.test.emulatedFully") ? count : (count + 2) / 3;
  }

  @Override
  protected Cublas cublas() {
    return Emulation.cublas();
  }

  @Test
  void multipliesAllOfAPromptAndNothingElse() {
    LoadedModel model = TinyModel.random(1, DType.BF16);
    DeviceOptions options = LockstepDecoder.options(model.spec(), KvFill.PROPAGATE, 1, 1);
    try (DeviceModel device = backend().open(model, options)) {
      LockstepDecoder decoder = new LockstepDecoder(device, model.spec(), options, 3);
      long before = emulation.calls("cublasGemmEx");
      decoder.prefill(List.of(TinyModel.prompt(1, 40)), 16);
      long products = emulation.calls("cublasGemmEx") - before;
      assertThat(products).as("of three chunks").isEqualTo(3L * TinyModel.LAYERS * PRODUCTS);
      for (int step = 0; step < 5; step++) {
        decoder.step();
      }
      assertThat(emulation.calls("cublasGemmEx") - before).isEqualTo(products);
    }
  }
}
