package io.drex.device.cuda;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeldWeights;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.LoadedModel;
import java.util.List;

/** Runs models on an NVIDIA GPU. */
public final class CudaBackend implements DeviceBackend {
  /**
   * Changes whenever the arithmetic changes a bit of any result. Generations of GPUs add within an
   * instruction in orders of their own, so theirs is part of the name.
   */
  private static final String IMPLEMENTATION = "cuda/strict-2";

  private static final String NAME = "cuda";

  private final String address;

  /** The first GPU that the driver shows to this process. */
  public CudaBackend() {
    this("");
  }

  /**
   * @param address number, UUID or PCI id of a GPU that the driver shows
   */
  private CudaBackend(String address) {
    this.address = address;
  }

  /** Whether a name means this backend: {@code cuda} or {@code cuda:<address>}. */
  public static boolean isNamed(String device) {
    return device.equals(NAME) || device.startsWith(NAME + ":");
  }

  /**
   * The backend that a name means.
   *
   * @throws IllegalArgumentException if the address is missing after its colon
   */
  public static CudaBackend named(String device) {
    if (device.equals(NAME)) {
      return new CudaBackend();
    }
    String address = device.substring(NAME.length() + 1);
    if (address.isBlank()) {
      throw new IllegalArgumentException(
          "'" + device + "' names no GPU; say " + form() + ", or " + NAME + " for the first");
    }
    return new CudaBackend(address);
  }

  /** How a GPU is named, for messages and help. */
  public static String form() {
    return NAME + ":<number, UUID or PCI id>";
  }

  @Override
  public String name() {
    return address.isEmpty() ? NAME : NAME + ":" + address;
  }

  @Override
  public boolean isAccelerator() {
    return true;
  }

  @Override
  public Availability probe() {
    return Cuda.probe(address);
  }

  @Override
  public String implementation() {
    return probe() instanceof Availability.Available
        ? IMPLEMENTATION + "/" + Cuda.architecture(address)
        : IMPLEMENTATION;
  }

  @Override
  public List<String> details() {
    try (CudaDriver driver = Cuda.open(address)) {
      return List.of(
          "GPUs shown: " + Cuda.shown(),
          "memory: %.1f GiB, %.1f free"
              .formatted(gibibytes(driver.gpu().totalBytes()), gibibytes(driver.freeBytes())),
          "kernels: " + KernelSet.check(driver));
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
    return CudaModel.open(model, options, Cuda.open(address));
  }
}
