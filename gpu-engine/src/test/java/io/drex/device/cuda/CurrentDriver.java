package io.drex.device.cuda;

import com.sun.jna.NativeLibrary;

/** Calls of the CUDA driver that the product does not make, in the thread's current context. */
final class CurrentDriver {
  private static final String LIBRARY = System.getProperty("drex.test.cuda", "libcuda.so.1");

  private CurrentDriver() {}

  /** Makes a call. */
  static void call(String function, Object... arguments) {
    int code = NativeLibrary.getInstance(LIBRARY).getFunction(function).invokeInt(arguments);
    if (code != 0) {
      throw new IllegalStateException(function + " returned " + code);
    }
  }
}
