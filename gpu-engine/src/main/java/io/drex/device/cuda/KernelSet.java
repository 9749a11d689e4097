package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.CudaDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernels of this build on one GPU, as their sources in {@code src/main/cuda} declare them. */
final class KernelSet {
  private static final Logger LOG = LoggerFactory.getLogger(KernelSet.class);

  private final CudaDriver driver;
  private final CudaDriver.Module module;
  private final Arguments arguments;

  private KernelSet(CudaDriver driver, CudaDriver.Module module, Arguments arguments) {
    this.driver = driver;
    this.module = module;
    this.arguments = arguments;
  }

  /** Where this build's kernels are. */
  interface Resources {
    @Nullable InputStream open(String name);
  }

  /**
   * Loads the kernels: machine code, where this build has it and the driver takes it, or else PTX,
   * which the driver compiles.
   *
   * @throws DeviceException if the driver refuses both
   */
  static KernelSet load(CudaDriver driver, DeviceMemory memory) {
    return load(driver, memory, KernelSet.class::getResourceAsStream);
  }

  /** The same with other kernels. */
  static KernelSet load(CudaDriver driver, DeviceMemory memory, Resources resources) {
    return new KernelSet(driver, load(driver, resources).module(), new Arguments(memory));
  }

  /**
   * Loads the kernels to see whether the driver takes them; returns which of them it took.
   *
   * @throws DeviceException if the driver refuses both
   */
  static String check(CudaDriver driver) {
    return load(driver, KernelSet.class::getResourceAsStream).what();
  }

  /**
   * Kernels that the driver took.
   *
   * @param what they are, for {@code doctor}
   */
  private record Loaded(CudaDriver.Module module, String what) {}

  private static Loaded load(CudaDriver driver, Resources resources) {
    int capability = driver.gpu().computeCapability();
    Cubin cubin = Cubin.of(capability);
    byte[] machineCode = cubin == null ? null : read(resources, cubin.resource());
    if (machineCode != null) {
      try {
        return new Loaded(driver.load(machineCode), "machine code, " + cubin);
      } catch (DeviceException e) {
        LOG.info("The driver compiles the kernels, not taking their {}: {}", cubin, e.getMessage());
      }
    }
    String ptx = Ptx.of(capability).resource();
    byte[] text = read(resources, ptx);
    if (text == null) {
      throw new DeviceException("this build has no kernels: " + ptx + " is missing");
    }
    return new Loaded(driver.load(text), Ptx.of(capability).description());
  }

  private static byte @Nullable [] read(Resources resources, String name) {
    try (InputStream in = resources.open(name)) {
      return in == null ? null : in.readAllBytes();
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
