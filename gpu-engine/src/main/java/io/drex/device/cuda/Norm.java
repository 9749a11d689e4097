package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.ModelSpec;

/** RMS norms of hidden states, rounded to bf16 for the linear layer that follows. */
final class Norm {
  private static final int THREADS = 256;

  private Norm() {}

  /**
   * Prepares a norm; it is launched on a grid of as many blocks as there are rows.
   *
   * @param states address; the pool, or the rows' own states where they lie in order
   * @param weight address; 0 only rounds
   * @param out address, bf16, [row][padded hidden]
   */
  static CudaDriver.Launch prepare(
      StepArgs step, Rows rows, long states, long weight, long out, ModelSpec spec) {
    return step.kernels()
        .prepare(
            "rmsnorm_gather",
            THREADS,
            step.arguments()
                .add(rows.ordinal())
                .add(states)
                .add(weight)
                .add(out)
                .add(spec.hiddenSize())
                .add(spec.rmsNormEps()));
  }
}
