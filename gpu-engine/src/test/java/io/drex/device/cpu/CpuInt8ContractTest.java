package io.drex.device.cpu;

import io.drex.device.DeviceBackend;
import io.drex.device.Int8Model;
import io.drex.device.SameBytesContractTest;
import io.drex.model.LoadedModel;

class CpuInt8ContractTest extends SameBytesContractTest {
  @Override
  protected DeviceBackend backend() {
    return new CpuBackend(CpuProvider.INT8);
  }

  @Override
  protected LoadedModel held(LoadedModel model) {
    return Int8Model.of(model);
  }
}
