package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.util.SplittableRandom;

/**
 * Fills device memory with random bf16 in (-1, 1), so that nothing is measured on zeros. Pairs of
 * them are finite floats, too.
 */
final class RandomMemory {
  private static final int BLOCK_BYTES = 16 << 20;
  private static final long SEED = 17;

  private final long block;

  /**
   * @param driver whose memory holds the numbers until its context ends
   */
  RandomMemory(CudaDriver driver) {
    block = driver.allocate(BLOCK_BYTES);
    PinnedMemory pinned = driver.allocatePinned(BLOCK_BYTES);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int at = 0; at < BLOCK_BYTES; at += Short.BYTES) {
      float value = (float) random.nextDouble(-1, 1);
      pinned.bytes().putShort(at, (short) (Float.floatToRawIntBits(value) >>> Short.SIZE));
    }
    driver.upload(pinned, block, BLOCK_BYTES);
    driver.finish();
    driver.free(pinned);
  }

  /** Fills a range; waits until it is filled. */
  void fill(long address, long bytes) {
    for (long at = 0; at < bytes; at += BLOCK_BYTES) {
      long count = Math.min(BLOCK_BYTES, bytes - at);
      CurrentDriver.call("cuMemcpyDtoD_v2", address + at, block, count);
    }
    CurrentDriver.call("cuCtxSynchronize");
  }
}
