package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.SameBytesContractTest;
import io.drex.device.cpu.onednn.NeedsOneDnn;
import org.junit.jupiter.api.BeforeEach;

class CpuOneDnnContractTest extends SameBytesContractTest {
  @BeforeEach
  void needsOneDnn() {
    NeedsOneDnn.check();
  }

  /** Activations are rounded to bf16, of which the exact arithmetic knows nothing. */
  @Override
  protected float tolerance() {
    return 1e-1f;
  }

  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.ONEDNN);
  }
}
