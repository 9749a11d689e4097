package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;

/** Attention of rows at prompt positions, tile by tile of them. */
final class PromptAttention {
  private static final int[] HEAD_DIMS = {64, 128, 256}; // that there are kernels for
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
    int size = 0;
    while (HEAD_DIMS[size] < at.spec().headDim()) {
      size++;
    }
    String kernel = "attn_prefill_" + HEAD_DIMS[size];
    return at.step().kernels().prepare(kernel, THREADS, at.addCache(list, layer, tables));
  }

  /** Runs what {@link #prepare} prepared. */
  void run(CudaDriver.Launch attend) {
    int tiles = at.step().promptTiles();
    if (tiles > 0) {
      driver.launch(attend, tiles, at.spec().heads());
    }
  }
}
