package io.drex.device.cuda.driver;

import jcuda.Pointer;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUstream;

/** Addresses and handles as numbers, which JCuda hides. */
final class JcudaPointers {
  private JcudaPointers() {}

  /** A place in the host's memory. */
  static final class Host extends Pointer {
    /** To be filled in by the driver. */
    Host() {}

    Host(long address) {
      super(address);
    }

    long address() {
      return getNativePointer() + getByteOffset();
    }
  }

  /** A place in the device's memory. */
  static final class Device extends CUdeviceptr {
    /** To be filled in by the driver. */
    Device() {}

    Device(long address) {
      super(new CUdeviceptr(), address);
    }

    long address() {
      return getNativePointer() + getByteOffset();
    }
  }

  /** A stream, to be filled in by the driver. */
  static final class Stream extends CUstream {
    long handle() {
      return getNativePointer();
    }
  }
}
