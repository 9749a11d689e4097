package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.LoadedModel;
import java.util.ArrayList;
import java.util.List;

/** Runs models on an NVIDIA GPU. */
public final class CudaBackend implements DeviceBackend {
  private static final Determinism STRICT = new Determinism.Strict();
  private static final Determinism FAST =
      new Determinism.Fast(LibraryGemm.LEAST_PROMPT_ROWS, Cublas::ofThisProcess);
  private static final String ADDRESS = "<number, UUID or PCI id>";

  private final Determinism determinism;
  private final String address;

  /** The first GPU that the driver shows to this process, on kernels of our own. */
  public CudaBackend() {
    this(STRICT, "");
  }

  /**
   * @param address number, UUID or PCI id of a GPU that the driver shows; empty for the first
   */
  CudaBackend(Determinism determinism, String address) {
    this.determinism = determinism;
    this.address = address;
  }

  /** The first GPU that the driver shows to this process, with cuBLAS for large products. */
  public static CudaBackend fast() {
    return new CudaBackend(FAST, "");
  }

  /** Whether a name means this backend: {@code cuda}, {@code cuda:fast}, or one with an address. */
  public static boolean isNamed(String device) {
    return means(device, STRICT);
  }

  private static boolean means(String device, Determinism determinism) {
    String name = determinism.device();
    return device.equals(name) || device.startsWith(name + ":");
  }

  /**
   * The backend that a name means.
   *
   * @throws IllegalArgumentException if the address is missing after its colon
   */
  public static CudaBackend named(String device) {
    Determinism determinism = means(device, FAST) ? FAST : STRICT;
    String name = determinism.device();
    if (device.equals(name)) {
      return new CudaBackend(determinism, "");
    }
    String address = device.substring(name.length() + 1);
    if (address.isBlank()) {
      throw new IllegalArgumentException(
          "'"
              + device
              + "' names no GPU; say "
              + name
              + ":"
              + ADDRESS
              + ", or "
              + name
              + " for the first");
    }
    return new CudaBackend(determinism, address);
  }

  /** How GPUs are named, for messages and help. */
  public static String forms() {
    return STRICT.device() + ":" + ADDRESS + ", " + FAST.device() + ":" + ADDRESS;
  }

  /**
   * The same on the GPU that a cluster manager assigned.
   *
   * @throws IllegalArgumentException if its name has an address already
   */
  public CudaBackend on(String assigned) {
    if (!address.isEmpty()) {
      throw new IllegalArgumentException(
          "device "
              + name()
              + " names a GPU, but the GPU "
              + assigned
              + " was assigned; say --device "
              + determinism.device());
    }
    return new CudaBackend(determinism, assigned);
  }

  @Override
  public String name() {
    return address.isEmpty() ? determinism.device() : determinism.device() + ":" + address;
  }

  @Override
  public boolean isAccelerator() {
    return true;
  }

  @Override
  public boolean isScheduleDependent() {
    return determinism.isScheduleDependent();
  }

  @Override
  public Availability probe() {
    Availability gpu = Cuda.probe(address);
    return gpu instanceof Availability.Available available ? determinism.on(available) : gpu;
  }

  /**
   * Generations of GPUs add within an instruction in orders of their own, so theirs is part of the
   * name.
   */
  @Override
  public String implementation() {
    String kernels = determinism.implementation();
    return probe() instanceof Availability.Available
        ? kernels + determinism.library() + "/" + Cuda.architecture(address)
        : kernels;
  }

  @Override
  public List<String> details() {
    try (CudaDriver driver = Cuda.open(address)) {
      List<String> details = new ArrayList<>();
      details.add("GPUs shown: " + Cuda.shown());
      details.add(
          "memory: %.1f GiB, %.1f free"
              .formatted(gibibytes(driver.gpu().totalBytes()), gibibytes(driver.freeBytes())));
      details.add("kernels: " + KernelSet.check(driver));
      details.addAll(determinism.details(driver));
      return details;
    }
  }

  private static double gibibytes(long bytes) {
    return bytes / (double) (1 << 30);
  }

  @Override
  public HeldWeights weights(LoadedModel model) {
    return ModelWeights.held(model);
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    if (probe() instanceof Availability.Unavailable missing) {
      throw new DeviceException(
          "device " + name() + ": " + missing.reason() + "; " + missing.remedy());
    }
    return open(model, options, Cuda.open(address));
  }

  /**
   * The same on a GPU that is open.
   *
   * @param driver closed with the model, or now if that fails
   */
  DeviceModel open(LoadedModel model, DeviceOptions options, CudaDriver driver) {
    return CudaModel.open(model, options, driver, determinism);
  }
}
