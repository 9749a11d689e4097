package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.cpu.kernel.KernelKind;
import io.drex.device.cpu.onednn.OneDnn;

/** Where there are no vectors. */
class CpuInt8ScalarContractTest extends CpuInt8ContractTest {
  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.INT8, KernelKind.SCALAR::equals, OneDnn::probe);
  }
}
