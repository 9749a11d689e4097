package io.drex.device.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import org.junit.jupiter.api.BeforeAll;

/** The kernels on a GPU, where there is one. */
class CudaContractTest extends CudaContract {
  @BeforeAll
  static void needsAGpu() {
    assumeThat(new CudaBackend().probe()).isInstanceOf(Availability.Available.class);
  }
}
