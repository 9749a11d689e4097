package io.drex.device.cpu.kernel;

/** The fixed order of sums over a row. */
final class Lanes {
  /** Partial sums; a multiple of every vector width. */
  static final int COUNT = 16;

  private Lanes() {}

  /**
   * Sum of the lanes: halves are added lane by lane until one is left. Written out, because a loop
   * over so few elements costs several times the additions, once per position of every context.
   */
  static float fold(float[] lanes) {
    float s0 = (lanes[0] + lanes[8]) + (lanes[4] + lanes[12]);
    float s1 = (lanes[1] + lanes[9]) + (lanes[5] + lanes[13]);
    float s2 = (lanes[2] + lanes[10]) + (lanes[6] + lanes[14]);
    float s3 = (lanes[3] + lanes[11]) + (lanes[7] + lanes[15]);
    return (s0 + s2) + (s1 + s3);
  }
}
