package io.drex.device.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.drex.device.Availability;
import org.junit.jupiter.api.BeforeAll;

/** The kernels on a GPU, where there is one. */
class CudaContractTest extends CudaContract {
  @BeforeAll
  static void needsAGpu() {
    assumeTrue(new CudaBackend().probe() instanceof Availability.Available, "no GPU");
  }
}
