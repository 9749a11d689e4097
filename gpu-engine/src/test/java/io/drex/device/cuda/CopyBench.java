package io.drex.device.cuda;

import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;

/** How fast memory is copied. */
public final class CopyBench {
  private static final int TIMES = 4;

  private final BenchGpu gpu;

  public CopyBench(BenchGpu gpu) {
    this.gpu = gpu;
  }

  /** Bytes per second within the device, bytes read and bytes written both counted. */
  public double[] deviceToDevice(long bytes) {
    try (DeviceMemory memory = gpu.memory()) {
      long from = memory.allocate("a copy's source", bytes);
      long to = memory.allocate("a copy", bytes);
      return rates(
          2 * bytes, () -> CurrentDriver.call("cuMemcpyDtoDAsync_v2", to, from, bytes, 0L));
    }
  }

  /** Bytes per second from pinned memory to the device. */
  public double[] hostToDevice(long bytes) {
    return pinned(bytes, "cuMemcpyHtoDAsync_v2", true);
  }

  /** Bytes per second from the device to pinned memory. */
  public double[] deviceToHost(long bytes) {
    return pinned(bytes, "cuMemcpyDtoHAsync_v2", false);
  }

  private double[] pinned(long bytes, String copy, boolean toDevice) {
    CudaDriver driver = gpu.driver();
    PinnedMemory host = driver.allocatePinned(bytes);
    try (DeviceMemory memory = gpu.memory()) {
      long device = memory.allocate("a copy", bytes);
      long to = toDevice ? device : host.hostAddress();
      long from = toDevice ? host.hostAddress() : device;
      return rates(bytes, () -> CurrentDriver.call(copy, to, from, bytes, 0L));
    } finally {
      driver.free(host);
    }
  }

  private double[] rates(long bytes, Runnable copy) {
    double[] rates = new double[gpu.repeats()];
    for (int i = 0; i < rates.length; i++) {
      copy.run();
      CurrentDriver.call("cuCtxSynchronize");
      double micros =
          BenchGpu.hostMicros(
              TIMES,
              () -> {
                for (int n = 0; n < TIMES; n++) {
                  copy.run();
                }
                CurrentDriver.call("cuCtxSynchronize");
              });
      rates[i] = bytes / micros * 1e6;
    }
    return rates;
  }
}
