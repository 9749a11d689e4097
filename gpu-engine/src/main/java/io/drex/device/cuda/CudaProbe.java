package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.model.LoadedModel;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The backend {@code cuda} of a build without kernels: it knows whether a driver is there. */
public final class CudaProbe implements DeviceBackend {
  private static final String DRIVER_LIBRARY = "libcuda.so.1";

  /** Where Linux distributions, container runtimes and WSL put the driver's library. */
  private static final List<Path> SYSTEM_FOLDERS =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu"),
          Path.of("/usr/lib/aarch64-linux-gnu"),
          Path.of("/usr/lib64"),
          Path.of("/usr/lib"),
          Path.of("/usr/local/nvidia/lib64"),
          Path.of("/usr/lib/wsl/lib"));

  private final List<Path> libraryFolders;

  /** Looks where the dynamic linker would. */
  public CudaProbe() {
    this(linkerFolders());
  }

  CudaProbe(List<Path> libraryFolders) {
    this.libraryFolders = List.copyOf(libraryFolders);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public Availability probe() {
    for (Path folder : libraryFolders) {
      if (Files.exists(folder.resolve(DRIVER_LIBRARY))) {
        return new Availability.Unavailable(
            "an NVIDIA driver is there ("
                + folder.resolve(DRIVER_LIBRARY)
                + "), but this build has no CUDA kernels yet",
            "use --device cpu");
      }
    }
    return new Availability.Unavailable(
        "no NVIDIA driver: " + DRIVER_LIBRARY + " not found in " + libraryFolders,
        "install the NVIDIA driver, or use --device cpu");
  }

  @Override
  public String implementation() {
    return "cuda:none";
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    throw new DeviceException("this build has no CUDA kernels; use --device cpu");
  }

  private static List<Path> linkerFolders() {
    List<Path> folders = new ArrayList<>();
    String configured = System.getenv("LD_LIBRARY_PATH");
    if (configured != null) {
      for (String folder : configured.split(File.pathSeparator)) {
        if (!folder.isBlank()) {
          folders.add(Path.of(folder));
        }
      }
    }
    folders.addAll(SYSTEM_FOLDERS);
    return folders;
  }
}
