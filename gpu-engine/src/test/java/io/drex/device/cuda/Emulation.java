package io.drex.device.cuda;

import com.sun.jna.NativeLibrary;
import io.drex.device.cuda.cublas.Cublas;
import io.drex.device.cuda.driver.Cuda;
import java.nio.file.Path;
import java.util.Map;

/**
 * Puts the emulated driver in the place of a GPU's for the rest of this JVM: the binding needs a
 * library named {@code libcuda.so.1}, and the dynamic linker takes one that is loaded already. So
 * tests that load it are in JVMs of their own.
 */
public final class Emulation {
  public static final int OUT_OF_MEMORY = 2;
  public static final int ILLEGAL_ADDRESS = 700;

  private final NativeLibrary library;

  private Emulation(NativeLibrary library) {
    this.library = library;
  }

  /** Skips the test where there is no emulator. */
  public static Emulation load() {
    Path library = EmulatedDriver.library();
    System.load(library.toString());
    return new Emulation(NativeLibrary.getInstance(library.toString()));
  }

  /**
   * The cuBLAS that runs on the emulated driver; its calls are counted and fail as the driver's.
   */
  public static Cublas cublas() {
    String folder = EmulatedDriver.cublas().toString();
    return Cublas.search(Map.of("DREX_CUBLAS", folder), Cuda.driverVersion());
  }

  /**
   * Lets a call of the driver fail; errors that end a context stay.
   *
   * @param nth from now on, at least 1
   * @param code the driver's result
   */
  public void fail(String function, int nth, int code) {
    library.getFunction("drexEmuFail").invokeVoid(new Object[] {function, nth, code});
  }

  /** Forgets failures, those to come and those that stay. */
  public void reset() {
    library.getFunction("drexEmuReset").invokeVoid(new Object[0]);
  }

  /** How often a function of the driver was called. */
  public long calls(String function) {
    return library.getFunction("drexEmuCalls").invokeLong(new Object[] {function});
  }

  /** Bytes of device memory that nobody has given back. */
  public long allocatedBytes() {
    return library.getFunction("drexEmuAllocated").invokeLong(new Object[0]);
  }
}
