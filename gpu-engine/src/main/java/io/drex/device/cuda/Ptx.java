package io.drex.device.cuda;

/** The kernels' PTX, by the GPUs that it is for; made by {@code src/main/cuda/build-kernels}. */
enum Ptx {
  /** With Hopper's own instructions: for compute capability 9.0 and no other. */
  SM_90A,
  /** For Ampere and all that came later. */
  SM_80;

  private static final int HOPPER = 90;

  /** What a GPU of this compute capability runs. */
  static Ptx of(int computeCapability) {
    return computeCapability == HOPPER ? SM_90A : SM_80;
  }

  /** For {@code doctor}. */
  String description() {
    return switch (this) {
      case SM_90A -> "PTX for sm_90a, which the driver compiles";
      case SM_80 -> "PTX for sm_80 and later, which the driver compiles";
    };
  }

  /** A resource beside this class. */
  String resource() {
    return switch (this) {
      case SM_90A -> "ptx/kernels_sm_90a.ptx";
      case SM_80 -> "ptx/kernels_sm_80.ptx";
    };
  }
}
