package io.drex.device.cuda.driver;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;
import jcuda.driver.CUresult;

/** What the driver's result codes mean to the engine. */
final class CudaErrors {
  private CudaErrors() {}

  /**
   * Throws unless a call went well.
   *
   * @param result code of the call
   * @param what the driver was asked for, to follow "CUDA cannot"
   */
  static void check(int result, String what) {
    if (result != CUresult.CUDA_SUCCESS) {
      throw failure(result, what);
    }
  }

  /** Only lack of memory leaves what the device holds as it was; with all else nobody knows. */
  private static DeviceException failure(int result, String what) {
    String message = "CUDA cannot " + what + ": " + name(result);
    return result == CUresult.CUDA_ERROR_OUT_OF_MEMORY
        ? new DeviceOutOfMemoryException(message)
        : new DeviceLostException(message);
  }

  /** A code's name and number. */
  static String name(int result) {
    return CUresult.stringFor(result) + " (" + result + ")";
  }
}
