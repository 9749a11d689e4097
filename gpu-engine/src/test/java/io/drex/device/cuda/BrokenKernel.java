package io.drex.device.cuda;

/** Launches a kernel that is wrong, which ends the process. */
final class BrokenKernel {
  private static final int THREADS = 64;

  private BrokenKernel() {}

  /** PTX enough for the emulator, which runs sources. */
  static String module(String kernel) {
    return ".version 8.0\n.target sm_80\n.visible .entry " + kernel + "(\n";
  }

  public static void main(String[] arguments) {
    String kernel = arguments[0];
    int elements = kernel.endsWith("bounds") ? THREADS - 1 : THREADS;
    try (TestGpu gpu = TestGpu.emulated(module(kernel))) {
      gpu.launch(kernel, 1, 1, 1, THREADS, gpu.allocate(4L * elements));
    }
  }
}
