package io.drex.device.cpu.kernel;

/** The fixed order of sums over a row. */
final class Lanes {
  /** Partial sums; a multiple of every vector width. */
  static final int COUNT = 16;

  private Lanes() {}

  /** Sum of the lanes: halves are added lane by lane until one is left. Destroys them. */
  static float fold(float[] lanes) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int j = 0; j < half; j++) {
        lanes[j] += lanes[j + half];
      }
    }
    return lanes[0];
  }
}
