package io.drex.device.cuda.cublas;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;

/** What cuBLAS's status codes mean to the engine. */
final class CublasStatus {
  private static final int SUCCESS = 0;
  private static final int ALLOC_FAILED = 3;

  private CublasStatus() {}

  /**
   * Throws unless a call went well.
   *
   * @param status of the call
   * @param what cuBLAS was asked for, to follow "cuBLAS cannot"
   */
  static void check(int status, String what) {
    if (status != SUCCESS) {
      throw failure(status, what);
    }
  }

  /** As with the driver's codes, only lack of memory leaves what the device holds as it was. */
  private static DeviceException failure(int status, String what) {
    String message = "cuBLAS cannot " + what + ": " + name(status);
    return status == ALLOC_FAILED
        ? new DeviceOutOfMemoryException(message)
        : new DeviceLostException(message);
  }

  /** A status's name and number. */
  static String name(int status) {
    String name =
        switch (status) {
          case SUCCESS -> "SUCCESS";
          case 1 -> "NOT_INITIALIZED";
          case ALLOC_FAILED -> "ALLOC_FAILED";
          case 7 -> "INVALID_VALUE";
          case 8 -> "ARCH_MISMATCH";
          case 11 -> "MAPPING_ERROR";
          case 13 -> "EXECUTION_FAILED";
          case 14 -> "INTERNAL_ERROR";
          case 15 -> "NOT_SUPPORTED";
          case 16 -> "LICENSE_ERROR";
          default -> "UNKNOWN";
        };
    return "CUBLAS_STATUS_" + name + " (" + status + ")";
  }
}
