package io.drex.device.cuda.driver;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import java.io.IOException;

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
    static final Availability AVAILABILITY =
        load(System.getProperty("os.name"), System.getProperty("os.arch"), JcudaNatives.RESOURCE);
  }

  /** Whether a GPU can run here; the description tells which. Never throws. */
  public static Availability probe() {
    return Loaded.AVAILABILITY;
  }

  /**
   * What decides the bits of the GPU's arithmetic beside its kernels, such as {@code sm_90}; only
   * where {@link #probe} says available.
   */
  public static String architecture() {
    return "sm_" + JcudaDevices.firstGpu().computeCapability();
  }

  /**
   * Opens the first GPU that this process sees, for the calling thread.
   *
   * @throws DeviceException if there is none, or it cannot be opened
   */
  public static CudaDriver open() {
    if (probe() instanceof Availability.Unavailable missing) {
      throw new DeviceException("device cuda: " + missing.reason() + "; " + missing.remedy());
    }
    return JcudaDevices.open();
  }

  /**
   * @param natives resource that tells whether the binding's natives are there
   */
  static Availability load(String osName, String osArch, String natives) {
    if (!osName.equals("Linux") || !osArch.equals("amd64")) {
      return new Availability.Unavailable(
          "CUDA is used on Linux on x86-64 only, and this is " + osName + " on " + osArch, CPU);
    }
    if (Cuda.class.getResource(natives) == null) {
      return new Availability.Unavailable(
          "this jar was built without JCuda's natives for Linux on x86-64",
          "build it on such a machine, or " + CPU);
    }
    try {
      JcudaNatives.load();
      return JcudaDevices.probe(LEAST_DRIVER, LEAST_CAPABILITY);
    } catch (IOException e) {
      return new Availability.Unavailable(
          "JCuda's natives cannot be unpacked: " + e.getMessage(),
          "java.io.tmpdir ("
              + System.getProperty("java.io.tmpdir")
              + ") must be writable and have 2 MB free; or "
              + CPU);
    } catch (LinkageError e) {
      return notLinked(String.valueOf(e.getMessage()));
    } catch (DeviceException e) {
      return new Availability.Unavailable(
          String.valueOf(e.getMessage()), "check nvidia-smi, or " + CPU);
    }
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
