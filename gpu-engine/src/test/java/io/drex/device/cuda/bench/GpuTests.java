package io.drex.device.cuda.bench;

import java.util.List;

/** The tests of kernels and backend that can run on a GPU. */
final class GpuTests {
  /** All of them. */
  static final List<String> ALL =
      List.of(
          "AttentionKernelsTest",
          "GemmKernelsTest",
          "HeadKernelsTest",
          "KvKernelsTest",
          "LibraryKernelsTest",
          "RandomTilesTest",
          "SampleKernelTest",
          "StateKernelsTest",
          "CudaContractTest");

  /** Where cuBLAS is, besides. */
  static final String WITH_CUBLAS = "CudaFastContractTest";

  /** What compute-sanitizer has time for. */
  static final List<String> SHORT =
      List.of(
          "StateKernelsTest",
          "KvKernelsTest",
          "HeadKernelsTest",
          "SampleKernelTest",
          "GemmKernelsTest",
          "AttentionKernelsTest");

  static final List<String> ONE = List.of("StateKernelsTest");

  private GpuTests() {}
}
