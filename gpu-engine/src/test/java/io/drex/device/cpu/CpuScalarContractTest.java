package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModelContractTest;

class CpuScalarContractTest extends DeviceModelContractTest {
  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.SCALAR);
  }
}
