package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;

/** Attention of rows at prompt positions. */
final class PromptAttention {
  private static final int THREADS = 128;

  private final CudaDriver driver;
  private final Places at;

  PromptAttention(Places at) {
    driver = at.step().kernels().driver();
    this.at = at;
  }

  /** Prepares a layer's part. */
  CudaDriver.Launch prepare(int layer, long tables) {
    Arguments.List list =
        at.step()
            .arguments()
            .add(at.qkv())
            .add(at.qkvStride())
            .add(at.attended())
            .add(at.attendedStride());
    String kernel = "attn_rows_" + at.headsPerLoad();
    return at.step().kernels().prepare(kernel, THREADS, at.addCache(list, layer, tables));
  }

  /** Runs what {@link #prepare} prepared. */
  void run(CudaDriver.Launch attend) {
    int rows = at.step().rows() - at.step().decodeRows();
    if (rows > 0) {
      driver.launch(attend, rows, at.spec().kvHeads());
    }
  }
}
