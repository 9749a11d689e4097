package io.drex.device.cuda;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The emulated driver called directly, for tests of single kernels. Used by one thread. */
final class EmulatedGpu implements AutoCloseable {
  private static final int NOT_FOUND = 500;

  /** Without RTLD_GLOBAL: a real driver's functions stay those that JCuda finds. */
  private static final int RTLD_LAZY = 1;

  private final NativeLibrary driver;
  private final Pointer context;
  private final Pointer module;
  private final List<DeviceArray> arrays = new ArrayList<>();

  private EmulatedGpu(NativeLibrary driver) {
    this.driver = driver;
    call("cuInit", 0);
    Memory out = new Memory(8);
    call("cuCtxCreate_v2", out, 0, 0);
    context = out.getPointer(0);
    call("cuModuleLoadData", out, Image.PTX);
    module = out.getPointer(0);
  }

  /** The kernels' PTX as C has text; read once in a JVM. */
  private static final class Image {
    static final Memory PTX = read();

    private static Memory read() {
      byte[] text = KernelFiles.ptx("sm_80").getBytes(StandardCharsets.UTF_8);
      Memory image = new Memory(text.length + 1L);
      image.write(0, text, 0, text.length);
      image.setByte(text.length, (byte) 0);
      return image;
    }
  }

  /** Skips the test where there is no emulator. */
  static EmulatedGpu open() {
    Map<String, ?> options = Map.of(Library.OPTION_OPEN_FLAGS, RTLD_LAZY);
    return new EmulatedGpu(NativeLibrary.getInstance(EmulatedDriver.kernels().toString(), options));
  }

  /** Memory that no kernel has written: its bytes are 0xCD. */
  DeviceArray allocate(long bytes) {
    Memory out = new Memory(8);
    call("cuMemAlloc_v2", out, bytes);
    DeviceArray array = new DeviceArray(this, out.getLong(0), bytes);
    arrays.add(array);
    return array;
  }

  DeviceArray floats(float... values) {
    DeviceArray array = allocate((long) Float.BYTES * values.length);
    array.memory().write(0, values, 0, values.length);
    return array.uploaded();
  }

  DeviceArray ints(int... values) {
    DeviceArray array = allocate((long) Integer.BYTES * values.length);
    array.memory().write(0, values, 0, values.length);
    return array.uploaded();
  }

  DeviceArray longs(long... values) {
    DeviceArray array = allocate((long) Long.BYTES * values.length);
    array.memory().write(0, values, 0, values.length);
    return array.uploaded();
  }

  /** Values rounded to the nearest even bf16. */
  DeviceArray bf16(float... values) {
    DeviceArray array = allocate((long) Short.BYTES * values.length);
    for (int i = 0; i < values.length; i++) {
      array.memory().setShort((long) i * Short.BYTES, Bf16.bits(values[i]));
    }
    return array.uploaded();
  }

  /**
   * Runs a kernel to its end.
   *
   * @param arguments {@link DeviceArray}, Integer, Float or Long each; a Long of 0 is a null
   *     pointer
   */
  void launch(String kernel, int gridX, int gridY, int gridZ, int block, Object... arguments) {
    Memory function = new Memory(8);
    call("cuModuleGetFunction", function, module, kernel);
    Memory values = new Memory(8L * arguments.length);
    Memory addresses = new Memory(8L * arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      put(values, 8L * i, arguments[i]);
      addresses.setPointer(8L * i, values.share(8L * i));
    }
    call(
        "cuLaunchKernel",
        function.getPointer(0),
        gridX,
        gridY,
        gridZ,
        block,
        1,
        1,
        0,
        Pointer.NULL,
        addresses,
        Pointer.NULL);
    call("cuCtxSynchronize");
  }

  private static void put(Memory values, long at, Object argument) {
    if (argument instanceof DeviceArray array) {
      values.setLong(at, array.address());
    } else if (argument instanceof Integer number) {
      values.setInt(at, number);
    } else if (argument instanceof Float number) {
      values.setFloat(at, number);
    } else if (argument instanceof Long number) {
      values.setLong(at, number);
    } else {
      throw new IllegalArgumentException("no kernel argument: " + argument);
    }
  }

  /** Whether sources and PTX have a kernel. */
  boolean has(String kernel) {
    int code = invoke("cuModuleGetFunction", new Memory(8), module, kernel);
    if (code != 0 && code != NOT_FOUND) {
      throw new IllegalStateException("cuModuleGetFunction returned " + code);
    }
    return code == 0;
  }

  void call(String function, Object... arguments) {
    int code = invoke(function, arguments);
    if (code != 0) {
      throw new IllegalStateException(function + " returned " + code);
    }
  }

  private int invoke(String function, Object... arguments) {
    Function found = driver.getFunction(function);
    return found.invokeInt(arguments);
  }

  /** Frees everything; the emulator aborts if a kernel wrote past an array's end. */
  @Override
  public void close() {
    arrays.forEach(array -> call("cuMemFree_v2", array.address()));
    call("cuModuleUnload", module);
    call("cuCtxDestroy_v2", context);
  }
}
