package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.CudaDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The kernels of this build on one GPU, as their sources in {@code src/main/cuda} declare them. */
final class KernelSet {
  private final CudaDriver driver;
  private final CudaDriver.Module module;
  private final Arguments arguments;

  private KernelSet(CudaDriver driver, CudaDriver.Module module, Arguments arguments) {
    this.driver = driver;
    this.module = module;
    this.arguments = arguments;
  }

  /**
   * Loads the kernels.
   *
   * @throws DeviceException if the driver refuses them
   */
  static KernelSet load(CudaDriver driver, DeviceMemory memory) {
    Ptx ptx = Ptx.of(driver.gpu().computeCapability());
    try (InputStream in = KernelSet.class.getResourceAsStream(ptx.resource())) {
      if (in == null) {
        throw new DeviceException("this build has no kernels: " + ptx.resource() + " is missing");
      }
      return new KernelSet(driver, driver.load(in.readAllBytes()), new Arguments(memory));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  CudaDriver driver() {
    return driver;
  }

  /** Starts the arguments of a kernel. */
  Arguments.List arguments() {
    return arguments.list();
  }

  /**
   * A kernel with its arguments.
   *
   * @param name without the prefix that all have
   * @param threads per block, as the kernel was made for
   */
  CudaDriver.Launch prepare(String name, int threads, Arguments.List list) {
    return prepare(name, threads, list.end());
  }

  /**
   * The same where several kernels take one list.
   *
   * @param list what {@link Arguments.List#end} returned
   */
  CudaDriver.Launch prepare(String name, int threads, long list) {
    return driver.prepare(module, "drex_" + name, threads, list);
  }
}
