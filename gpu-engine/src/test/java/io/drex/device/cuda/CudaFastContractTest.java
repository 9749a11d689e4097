package io.drex.device.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import io.drex.device.cuda.cublas.Cublas;
import org.junit.jupiter.api.BeforeAll;

/** cuBLAS on a GPU, where there are both. */
class CudaFastContractTest extends CudaFastContract {
  @BeforeAll
  static void needsAGpuAndCublas() {
    assumeThat(CudaBackend.fast().probe()).isInstanceOf(Availability.Available.class);
  }

  @Override
  protected Cublas cublas() {
    return Cublas.ofThisProcess();
  }
}
