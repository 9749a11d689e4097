package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.SameBytesContractTest;

class CpuVectorContractTest extends SameBytesContractTest {
  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.VECTOR);
  }
}
