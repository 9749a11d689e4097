package io.drex.device.cuda;

import org.jspecify.annotations.Nullable;

/**
 * The kernels' machine code, by the GPUs that it is for; in jars that were built with {@code
 * -Dcubins}, by {@code src/main/cuda/build-cubins}.
 */
enum Cubin {
  SM_80("80", 80),
  SM_86("86", 86),
  /** Hopper's; runs on no other. */
  SM_90A("90a", 90),
  SM_120("120", 120);

  private final String architecture;
  private final int capability;

  Cubin(String architecture, int capability) {
    this.architecture = architecture;
    this.capability = capability;
  }

  /** What a GPU of this compute capability runs: of its major number and no later minor one. */
  static @Nullable Cubin of(int computeCapability) {
    Cubin best = null;
    for (Cubin cubin : values()) {
      boolean isOfGeneration = cubin.capability / 10 == computeCapability / 10;
      boolean runs =
          cubin == SM_90A
              ? cubin.capability == computeCapability
              : isOfGeneration && cubin.capability <= computeCapability;
      best = runs ? cubin : best;
    }
    return best;
  }

  /** A resource beside this class; it need not be there. */
  String resource() {
    return "cubin/kernels_sm_" + architecture + ".cubin";
  }
}
