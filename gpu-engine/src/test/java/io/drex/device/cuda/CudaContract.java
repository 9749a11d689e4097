package io.drex.device.cuda;

import io.drex.device.DeviceBackend;
import io.drex.device.ReferenceDecoder;
import io.drex.device.SameBytesContractTest;

/** What the kernels round, wherever they run. */
abstract class CudaContract extends SameBytesContractTest {

  @Override
  protected ReferenceDecoder.Rounding rounding() {
    return ReferenceDecoder.Rounding.LINEAR;
  }

  /** A value near the middle between two of bf16 goes to either. */
  @Override
  protected float tolerance() {
    return 2e-2f;
  }

  @Override
  protected DeviceBackend backend() {
    return new CudaBackend();
  }
}
