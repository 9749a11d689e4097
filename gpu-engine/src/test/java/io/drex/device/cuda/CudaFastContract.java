package io.drex.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModelContractTest;
import io.drex.device.ReferenceDecoder;
import io.drex.device.cuda.cublas.Cublas;
import org.junit.jupiter.api.Test;

/**
 * Products by cuBLAS, wherever they run: what every backend promises, and not that a row's bits are
 * its own. Already one prompt row makes them cuBLAS's.
 */
abstract class CudaFastContract extends DeviceModelContractTest {
  /** The cuBLAS that belongs to the GPU. */
  protected abstract Cublas cublas();

  @Override
  protected DeviceBackend backend() {
    return new CudaBackend(new Determinism.Fast(1, this::cublas), "");
  }

  @Override
  protected ReferenceDecoder.Rounding rounding() {
    return ReferenceDecoder.Rounding.LINEAR;
  }

  /** As {@link CudaContract#tolerance}. */
  @Override
  protected float tolerance() {
    return 2e-2f;
  }

  @Test
  void saysThatRowsDependOnTheSchedule() {
    assertThat(backend().isScheduleDependent()).isTrue();
  }
}
