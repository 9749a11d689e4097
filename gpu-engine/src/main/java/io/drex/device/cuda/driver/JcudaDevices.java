package io.drex.device.cuda.driver;

import static io.drex.device.cuda.driver.CudaErrors.check;

import io.drex.device.Availability;
import io.drex.device.cuda.driver.CudaDriver.Gpu;
import java.nio.charset.StandardCharsets;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;

/** The GPUs that the driver shows to this process. Only where {@link JcudaNatives} has loaded. */
final class JcudaDevices {
  private static final int NAME_BYTES = 256;
  private static final int PCI_ID_CHARS = 32;

  private JcudaDevices() {}

  /**
   * Whether the driver and its first GPU can run kernels for this CUDA and compute capability.
   *
   * @param leastDriver as {@link Gpu#driverVersion}
   * @param leastCapability as {@link Gpu#computeCapability}
   */
  static Availability probe(int leastDriver, int leastCapability) {
    int result = JCudaDriver.cuInit(0);
    if (result != CUresult.CUDA_SUCCESS) {
      return notStarted(result);
    }
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "tell its version");
    if (version[0] < leastDriver) {
      return new Availability.Unavailable(
          "the NVIDIA driver serves CUDA " + text(version[0]) + " at most",
          "install a driver for CUDA " + text(leastDriver) + " or newer, or use --device cpu");
    }
    int[] count = new int[1];
    check(JCudaDriver.cuDeviceGetCount(count), "count GPUs");
    if (count[0] == 0) {
      return notStarted(CUresult.CUDA_ERROR_NO_DEVICE);
    }
    Gpu gpu = firstGpu();
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

  /** Opens the first GPU. */
  static CudaDriver open() {
    check(JCudaDriver.cuInit(0), "start");
    return JcudaDriver.open(first(), firstGpu());
  }

  static Gpu firstGpu() {
    return gpu(first());
  }

  private static CUdevice first() {
    CUdevice device = new CUdevice();
    check(JCudaDriver.cuDeviceGet(device, 0), "find a GPU");
    return device;
  }

  private static Gpu gpu(CUdevice device) {
    byte[] name = new byte[NAME_BYTES];
    check(JCudaDriver.cuDeviceGetName(name, NAME_BYTES, device), "tell the GPU's name");
    long[] bytes = new long[1];
    check(JCudaDriver.cuDeviceTotalMem(bytes, device), "tell the GPU's memory");
    String[] pciId = new String[1];
    check(JCudaDriver.cuDeviceGetPCIBusId(pciId, PCI_ID_CHARS, device), "tell the GPU's place");
    int[] version = new int[1];
    check(JCudaDriver.cuDriverGetVersion(version), "tell its version");
    int capability =
        10 * attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)
            + attribute(device, CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
    return new Gpu(text(name), capability, bytes[0], pciId[0], version[0]);
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
