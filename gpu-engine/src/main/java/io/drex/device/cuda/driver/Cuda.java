package io.drex.device.cuda.driver;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import java.io.IOException;
import java.util.Optional;

/**
 * CUDA in this process. Its binding is loaded when it is first asked for, and never on a machine
 * that has no such natives; this class names none of JCuda's, so that it can say what is missing.
 */
public final class Cuda {
  /** What the kernels' PTX was written for. */
  private static final int LEAST_DRIVER = 12_000;

  /** What the kernels were compiled for: Ampere. */
  private static final int LEAST_CAPABILITY = 80;

  private static final String CPU = "use --device cpu";

  private Cuda() {}

  /** After a failed attempt JCuda's classes are unusable, so there is one per process. */
  private static final class Loaded {
    /** What is missing, if anything. */
    static final Optional<Availability.Unavailable> MISSING =
        load(System.getProperty("os.name"), System.getProperty("os.arch"), JcudaNatives.RESOURCE);
  }

  /**
   * Whether a GPU can run here; the description tells which. Never throws.
   *
   * @param address as {@link GpuAddress}; empty for the first that the driver shows
   */
  public static Availability probe(String address) {
    if (Loaded.MISSING.isPresent()) {
      return Loaded.MISSING.get();
    }
    try {
      return JcudaDevices.probe(LEAST_DRIVER, LEAST_CAPABILITY, new GpuAddress(address));
    } catch (DeviceException e) {
      return new Availability.Unavailable(
          String.valueOf(e.getMessage()), "check nvidia-smi, or " + CPU);
    }
  }

  /**
   * What decides the bits of the GPU's arithmetic beside its kernels, such as {@code sm_90}; only
   * where {@link #probe} says available.
   */
  public static String architecture(String address) {
    return "sm_" + JcudaDevices.find(new GpuAddress(address)).computeCapability();
  }

  /** Newest CUDA that the driver serves: 12040 is 12.4; only where a GPU is available. */
  public static int driverVersion() {
    return JcudaDevices.driverVersion();
  }

  /** All GPUs that the driver shows to this process; only where one is available. */
  public static String shown() {
    return GpuAddress.list(JcudaDevices.shown());
  }

  /**
   * Opens a GPU for the calling thread.
   *
   * @param address as for {@link #probe}
   * @throws DeviceException if it is not there, or cannot be opened
   */
  public static CudaDriver open(String address) {
    if (probe(address) instanceof Availability.Unavailable missing) {
      throw new DeviceException("device cuda: " + missing.reason() + "; " + missing.remedy());
    }
    return JcudaDevices.open(new GpuAddress(address));
  }

  /**
   * Loads the binding; returns what is missing for that, if anything.
   *
   * @param natives resource that tells whether the binding's natives are there
   */
  static Optional<Availability.Unavailable> load(String osName, String osArch, String natives) {
    if (!osName.equals("Linux") || !osArch.equals("amd64")) {
      return missing(
          "CUDA is used on Linux on x86-64 only, and this is " + osName + " on " + osArch, CPU);
    }
    if (Cuda.class.getResource(natives) == null) {
      return missing(
          "this jar was built without JCuda's natives for Linux on x86-64",
          "build it on such a machine, or " + CPU);
    }
    try {
      JcudaNatives.load();
      return Optional.empty();
    } catch (IOException e) {
      return missing(
          "JCuda's natives cannot be unpacked: " + e.getMessage(),
          "java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + ") must be writable and have 2 MB free; or "
              + CPU);
    } catch (LinkageError e) {
      return Optional.of(notLinked(String.valueOf(e.getMessage())));
    }
  }

  private static Optional<Availability.Unavailable> missing(String reason, String remedy) {
    return Optional.of(new Availability.Unavailable(reason, remedy));
  }

  /**
   * @param message of the error with which the natives were not linked; it may have many lines
   */
  static Availability.Unavailable notLinked(String message) {
    if (message.contains("libcuda.so.1: cannot open")) {
      return new Availability.Unavailable(
          "no NVIDIA driver: libcuda.so.1 not found by the dynamic linker",
          "install the NVIDIA driver, give the container a GPU, or " + CPU);
    }
    return message
        .lines()
        .filter(line -> line.contains("GLIBC"))
        .findFirst()
        .map(
            line ->
                new Availability.Unavailable(
                    "this system's C library is too old for JCuda: " + line.strip(),
                    "run on a newer Linux, or " + CPU))
        .orElseGet(
            () ->
                new Availability.Unavailable(
                    "JCuda's natives cannot be loaded: " + message.lines().findFirst().orElse(""),
                    "java.io.tmpdir ("
                        + System.getProperty("java.io.tmpdir")
                        + ") must allow executable files; or "
                        + CPU));
  }
}
