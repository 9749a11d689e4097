package io.drex.device.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.device.Availability;
import io.drex.device.cuda.cublas.Cublas;
import org.junit.jupiter.api.BeforeAll;

/** cuBLAS on a GPU, where there are both. */
class CudaFastContractTest extends CudaFastContract {
  @BeforeAll
  static void needsAGpuAndCublas() {
    assumeTrue(CudaBackend.fast().probe() instanceof Availability.Available, "no GPU");
  }

  @Override
  protected Cublas cublas() {
    return Cublas.ofThisProcess();
  }
}
