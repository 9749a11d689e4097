package io.drex.device.cuda;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A driver called directly, for tests of single kernels: the emulated one, or with {@code
 * -Ddrex.test.cuda=libcuda.so.1} a real one. Used by one thread.
 */
final class TestGpu implements AutoCloseable {
  private static final int POISON = 0xCD;
  private static final int CAPABILITY_MAJOR = 75; // attributes of a device
  private static final int CAPABILITY_MINOR = 76;

  /** Without RTLD_GLOBAL: a real driver's functions stay those that JCuda finds. */
  private static final int RTLD_LAZY = 1;

  private final NativeLibrary driver;
  private final Pointer context;
  private final Pointer module;
  private final List<DeviceArray> arrays = new ArrayList<>();

  private TestGpu(NativeLibrary driver, Image... images) {
    this.driver = driver;
    call("cuInit", 0);
    Memory out = new Memory(8);
    call("cuCtxCreate_v2", out, 0, 0);
    context = out.getPointer(0);
    module = load(out, images);
  }

  /** The first image that the driver takes. */
  private Pointer load(Memory out, Image... images) {
    int code = 0;
    for (Image image : images) {
      code = code("cuModuleLoadData", out, image.bytes());
      if (code == 0) {
        return out.getPointer(0);
      }
    }
    throw new IllegalStateException("cuModuleLoadData returned " + code);
  }

  /** With the product's kernels. Skips the test where there is neither GPU nor emulator. */
  static TestGpu open() {
    String real = System.getProperty("drex.test.cuda");
    return real == null ? emulated() : real(NativeLibrary.getInstance(real));
  }

  /** With what {@link KernelSet} takes: machine code, or else PTX. */
  private static TestGpu real(NativeLibrary driver) {
    int capability = computeCapability(driver);
    Cubin cubin = Cubin.of(capability);
    Image ptx = Image.resource(Ptx.of(capability).resource());
    return cubin == null || TestGpu.class.getResource(cubin.resource()) == null
        ? new TestGpu(driver, ptx)
        : new TestGpu(driver, Image.resource(cubin.resource()), ptx);
  }

  private static int computeCapability(NativeLibrary driver) {
    driver.getFunction("cuInit").invokeInt(new Object[] {0});
    return 10 * attribute(driver, CAPABILITY_MAJOR) + attribute(driver, CAPABILITY_MINOR);
  }

  private static int attribute(NativeLibrary driver, int attribute) {
    Memory value = new Memory(Integer.BYTES);
    Object[] arguments = {value, attribute, 0};
    int code = driver.getFunction("cuDeviceGetAttribute").invokeInt(arguments);
    if (code != 0) {
      throw new IllegalStateException("cuDeviceGetAttribute returned " + code);
    }
    return value.getInt(0);
  }

  /** The emulated one, whatever is there. */
  static TestGpu emulated() {
    return new TestGpu(emulator(), Image.resource(Ptx.SM_80.resource()));
  }

  /** The emulated one with another module. */
  static TestGpu emulated(String ptx) {
    return new TestGpu(emulator(), Image.of(ptx));
  }

  private static NativeLibrary emulator() {
    Map<String, ?> options = Map.of(Library.OPTION_OPEN_FLAGS, RTLD_LAZY);
    return NativeLibrary.getInstance(EmulatedDriver.kernels().toString(), options);
  }

  /** Kernels as the driver takes them: machine code, or PTX as C has text. */
  private record Image(Memory bytes) {
    private static final Map<String, Image> RESOURCES = new ConcurrentHashMap<>();

    /** A file of this build, read once in a JVM. */
    static Image resource(String name) {
      return RESOURCES.computeIfAbsent(name, Image::read);
    }

    private static Image read(String name) {
      try (InputStream in = TestGpu.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + " is not there; run src/main/cuda/build-kernels");
        }
        return of(in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    static Image of(String ptx) {
      return of(ptx.getBytes(StandardCharsets.UTF_8));
    }

    private static Image of(byte[] code) {
      Memory bytes = new Memory(code.length + 1L);
      bytes.write(0, code, 0, code.length);
      bytes.setByte(code.length, (byte) 0);
      return new Image(bytes);
    }
  }

  /** Memory that no kernel has written: its bytes are 0xCD. */
  DeviceArray allocate(long bytes) {
    Memory out = new Memory(8);
    call("cuMemAlloc_v2", out, bytes);
    call("cuMemsetD8_v2", out.getLong(0), POISON, bytes);
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
    launch(function(kernel), Pointer.NULL, gridX, gridY, gridZ, block, values(arguments));
    call("cuCtxSynchronize");
  }

  /** A kernel of the module. */
  Pointer function(String kernel) {
    Memory function = new Memory(8);
    call("cuModuleGetFunction", function, module, kernel);
    return function.getPointer(0);
  }

  /** A kernel's arguments, eight bytes each. */
  Memory values(Object... arguments) {
    Memory values = new Memory(8L * arguments.length);
    for (int i = 0; i < arguments.length; i++) {
      put(values, 8L * i, arguments[i]);
    }
    return values;
  }

  /** Launches one block of a kernel. */
  void launch(Pointer function, Pointer stream, int block, Memory values) {
    launch(function, stream, 1, 1, 1, block, values);
  }

  private void launch(
      Pointer function, Pointer stream, int gridX, int gridY, int gridZ, int block, Memory values) {
    Memory addresses = new Memory(values.size());
    for (long at = 0; at < values.size(); at += 8) {
      addresses.setPointer(at, values.share(at));
    }
    call(
        "cuLaunchKernel",
        function,
        gridX,
        gridY,
        gridZ,
        block,
        1,
        1,
        0,
        stream,
        addresses,
        Pointer.NULL);
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

  /** What the driver says when asked for a kernel. */
  int findCode(String kernel) {
    return code("cuModuleGetFunction", new Memory(8), module, kernel);
  }

  /** Calls the driver. */
  void call(String function, Object... arguments) {
    int code = code(function, arguments);
    if (code != 0) {
      throw new IllegalStateException(function + " returned " + code);
    }
  }

  /** Calls the driver; returns what it says. */
  int code(String function, Object... arguments) {
    return driver.getFunction(function).invokeInt(arguments);
  }

  /** Frees everything; the emulator aborts if a kernel wrote past an array's end. */
  @Override
  public void close() {
    arrays.forEach(array -> call("cuMemFree_v2", array.address()));
    call("cuModuleUnload", module);
    call("cuCtxDestroy_v2", context);
  }
}
