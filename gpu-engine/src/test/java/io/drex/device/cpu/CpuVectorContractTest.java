package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModelContractTest;

class CpuVectorContractTest extends DeviceModelContractTest {
  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.VECTOR);
  }
}
