package io.drex.device.cpu;

import io.drex.model.Tensor;
import java.util.Arrays;

/**
 * Whether, on this machine, a row's outputs of a linear layer have the same bits whatever rows are
 * beside it and however many threads share the work: what retries and speculation rest on.
 */
public final class BatchCheck {
  /** Rows of the largest call. */
  public static final int MOST_ROWS = 256;

  /** Around the sizes of tiles, and the ends. */
  private static final int[] ROWS = {1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 63, 64, 65, 255};

  private BatchCheck() {}

  /**
   * Tries it out.
   *
   * @param provider one that is available
   * @param weights of a decoder's layer, [outputs][inputs]
   * @throws io.drex.device.DeviceException if the provider itself finds that it does not hold
   */
  public static boolean holds(CpuProvider provider, Tensor weights) {
    try (LinearTrial one = LinearTrial.open(provider, 1, weights, 1, MOST_ROWS);
        LinearTrial two = LinearTrial.open(provider, 2, weights, 1, MOST_ROWS)) {
      return holds(one, two);
    }
  }

  /** Whether both give the same, in calls of any size. */
  static boolean holds(LinearTrial trial, LinearTrial other) {
    float[] all = trial.outputs(MOST_ROWS);
    for (int rows : ROWS) {
      if (!isStartOf(all, trial.outputs(rows)) || !isStartOf(all, other.outputs(rows))) {
        return false;
      }
    }
    return Arrays.equals(other.outputs(MOST_ROWS), all);
  }

  private static boolean isStartOf(float[] all, float[] some) {
    return Arrays.equals(some, 0, some.length, all, 0, some.length);
  }
}
