package io.drex.device.cuda.cublas;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** cuBLAS as it was looked for on this machine: found and loaded, or what is missing. */
public final class Cublas {
  private static final String REMEDY =
      "install the CUDA toolkit or Python's package nvidia-cublas (for CUDA 12:"
          + " nvidia-cublas-cu12), or name the library or its folder with the environment variable "
          + CublasFiles.VARIABLE
          + "; or use --device cuda";

  private final @Nullable CublasLibrary library;
  private final String version;
  private final Availability availability;

  private Cublas(@Nullable CublasLibrary library, String version, Availability availability) {
    this.library = library;
    this.version = version;
    this.availability = availability;
  }

  private static final class Loaded {
    static final Cublas RESULT = search(System.getenv(), Cuda::driverVersion);
  }

  /**
   * What this process's environment leads to; looked for when it is first asked for, and then kept.
   * Only where {@link Cuda#probe} says available.
   */
  public static Cublas ofThisProcess() {
    return Loaded.RESULT;
  }

  /**
   * The same of any environment.
   *
   * @param driverVersion asked once
   */
  static Cublas search(Map<String, String> environment, IntSupplier driverVersion) {
    try {
      return search(environment, driverVersion.getAsInt());
    } catch (DeviceException e) {
      return missing("the driver does not tell which CUDA it serves: " + inOneLine(e));
    }
  }

  /**
   * Looks for cuBLAS, and loads it where it is. Never throws.
   *
   * @param environment of the process
   * @param driverVersion newest CUDA that the driver serves: 12040 is 12.4
   */
  public static Cublas search(Map<String, String> environment, int driverVersion) {
    return search(new CublasFiles(Path.of("/"), environment), driverVersion);
  }

  static Cublas search(CublasFiles files, int driverVersion) {
    List<String> names = CublasFiles.names(driverVersion);
    String last = "";
    for (Path file : files.candidates(names)) {
      try {
        return found(CublasLibrary.load(file), driverVersion);
      } catch (VirtualMachineError e) {
        throw e;
      } catch (Error
          | DeviceException e) { // JNA throws Error itself where its native is not its own
        if (file.isAbsolute()) {
          return missing(file + " cannot be loaded: " + inOneLine(e));
        }
        last = ": " + inOneLine(e);
      }
    }
    return missing(
        "no cuBLAS that a driver for CUDA %s serves: no %s in %s%s"
            .formatted(cuda(driverVersion), String.join(" or ", names), files.description(), last));
  }

  private static String cuda(int driverVersion) {
    return driverVersion / 1000 + "." + driverVersion % 1000 / 10;
  }

  private static Cublas found(CublasLibrary library, int driverVersion) {
    String version = library.version();
    if (!CublasFiles.isServed(library.major(), driverVersion)) {
      return missing(
          "%s is cuBLAS %s: versions %s are used, none newer than the driver's CUDA, which is %s"
              .formatted(library.file(), version, CublasFiles.majors(), cuda(driverVersion)));
    }
    String description = "cuBLAS " + version + " (" + library.file() + ")";
    return new Cublas(library, version, new Availability.Available(description));
  }

  private static Cublas missing(String reason) {
    return new Cublas(null, "", new Availability.Unavailable(reason, REMEDY));
  }

  /** JNA tells all that it tried, a line each. */
  private static String inOneLine(Throwable error) {
    return String.join(" ", String.valueOf(error.getMessage()).lines().limit(2).toList());
  }

  /** Whether it is there; the description tells its version and where it is. */
  public Availability availability() {
    return availability;
  }

  /** Its version, such as 13.0.2; empty where it is not there. */
  public String version() {
    return version;
  }

  /**
   * Opens it for the calling thread on a GPU that it opened.
   *
   * @param workspace address of {@link CublasHandle#WORKSPACE_BYTES} of the GPU's memory, which
   *     must outlive the handle
   * @throws DeviceException if it is not there, or cannot be opened
   */
  public CublasHandle open(CudaDriver driver, long workspace) {
    if (library == null) {
      throw new DeviceException("cuBLAS was not found; see the device's probe");
    }
    return CublasHandle.open(library, driver, workspace);
  }
}
