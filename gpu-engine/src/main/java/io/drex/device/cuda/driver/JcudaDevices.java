package io.drex.device.cuda.driver;

import static io.drex.device.cuda.driver.CudaErrors.check;

import io.drex.device.Availability;
import io.drex.device.DeviceException;
import io.drex.device.cuda.driver.CudaDriver.Gpu;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.CUuuid;
import jcuda.driver.JCudaDriver;

/** The GPUs that the driver shows to this process. Only where {@link JcudaNatives} has loaded. */
final class JcudaDevices {
  private static final int NAME_BYTES = 256;
  private static final int PCI_ID_CHARS = 32;

  private JcudaDevices() {}

  /**
   * Whether the driver and a GPU can run kernels for this CUDA and compute capability.
   *
   * @param leastDriver as {@link Gpu#driverVersion}
   * @param leastCapability as {@link Gpu#computeCapability}
   */
  static Availability probe(int leastDriver, int leastCapability, GpuAddress address) {
    int result = JCudaDriver.cuInit(0);
    if (result != CUresult.CUDA_SUCCESS) {
      return notStarted(result);
    }
    int version = driverVersion();
    if (version < leastDriver) {
      return new Availability.Unavailable(
          "the NVIDIA driver serves CUDA " + text(version) + " at most",
          "install a driver for CUDA " + text(leastDriver) + " or newer, or use --device cpu");
    }
    List<Gpu> shown = shown();
    if (shown.isEmpty()) {
      return notStarted(CUresult.CUDA_ERROR_NO_DEVICE);
    }
    OptionalInt ordinal = address.among(shown, selection());
    if (ordinal.isEmpty()) {
      return new Availability.Unavailable(
          "there is no GPU " + address.text() + ": the driver shows " + GpuAddress.list(shown),
          "name one of these by number, UUID or PCI id; check CUDA_VISIBLE_DEVICES"
              + (selection().isEmpty() ? "" : " (" + selection() + ")")
              + ", the script by which Spark discovers GPUs, and what the container was given");
    }
    Gpu gpu = shown.get(ordinal.getAsInt());
    if (gpu.computeCapability() < leastCapability) {
      return new Availability.Unavailable(
          gpu.name() + " has compute capability " + gpu.computeCapability() / 10.0,
          "use a GPU of " + leastCapability / 10.0 + " or newer (Ampere), or use --device cpu");
    }
    return new Availability.Available(gpu.description());
  }

  private static Availability notStarted(int result) {
    if (result == CUresult.CUDA_ERROR_NO_DEVICE) {
      return new Availability.Unavailable(
          "the NVIDIA driver shows no GPU to this process",
          "check nvidia-smi, CUDA_VISIBLE_DEVICES and that the container was given a GPU, or use"
              + " --device cpu");
    }
    return new Availability.Unavailable(
        "the NVIDIA driver does not start: " + CudaErrors.name(result),
        "check nvidia-smi; a driver that was just updated needs a reboot; or use --device cpu");
  }

  /** Opens a GPU that {@link #probe} found. */
  static CudaDriver open(GpuAddress address) {
    check(JCudaDriver.cuInit(0), "start");
    CUdevice device = device(ordinal(address));
    return JcudaDriver.open(device, gpu(device));
  }

  /** A GPU that {@link #probe} found. */
  static Gpu find(GpuAddress address) {
    return gpu(device(ordinal(address)));
  }

  private static int ordinal(GpuAddress address) {
    return address
        .among(shown(), selection())
        .orElseThrow(() -> new DeviceException("CUDA shows no GPU " + address.text()));
  }

  private static String selection() {
    return System.getenv().getOrDefault("CUDA_VISIBLE_DEVICES", "");
  }

  static List<Gpu> shown() {
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "count GPUs");
    return IntStream.range(0, count[0]).mapToObj(i -> gpu(device(i))).toList();
  }

  private static CUdevice device(int ordinal) {
    CUdevice device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, ordinal), "find a GPU");
    return device;
  }

  private static Gpu gpu(CUdevice device) {
    byte[] name = new byte[NAME_BYTES];
    check(JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device), "tell the GPU's name");
    long[] bytes = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(bytes, device), "tell the GPU's memory");
    String[] pciId = new String[1];
    check(JCudaDriver.cuDeviceGetPCIBusId(pciId, PCI_ID_CHARS, device), "tell the GPU's place");
    CUuuid uuid = new CUuuid();
    check(JCudaDriver.cuDeviceGetUuid(uuid, device), "tell the GPU's UUID");
    int capability =
        10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    return new Gpu(
        text(name), capability, bytes[0], pciId[0], "GPU-" + text(uuid), driverVersion());
  }

  /** As {@link Gpu#driverVersion}. */
  static int driverVersion() {
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "tell its version");
    return version[0];
  }

  private static String text(CUuuid uuid) {
    ByteBuffer bytes = ByteBuffer.wrap(uuid.bytes);
    return new UUID(bytes.getLong(), bytes.getLong()).toString();
  }

  /** One of a device's figures. */
  static int attribute(CUdevice device, int attribute) {
    int[] value = new int[1];
    check(JCudaDriver.cuDeviceGetAttribute(value, attribute, device), "tell the GPU's abilities");
    return value[0];
  }

  private static String text(byte[] terminated) {
    int length = 0;
    while (length < terminated.length && terminated[length] != 0) {
      length++;
    }
    return new String(terminated, 0, length, StandardCharsets.UTF_8);
  }

  private static String text(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }
}
