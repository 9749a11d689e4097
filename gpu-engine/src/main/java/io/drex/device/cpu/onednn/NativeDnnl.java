package io.drex.device.cpu.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;
import static org.bytedeco.dnnl.global.dnnl.get_effective_cpu_isa;

import io.drex.device.Availability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Loads oneDNN out of its jars. They are unpacked to a private directory, mode 0700, which is empty
 * when loading ends, instead of JavaCPP's shared cache; and JavaCPP counts no native memory against
 * the heap's size, for weights are larger.
 */
final class NativeDnnl {
  /** What loading reads; put back afterwards, because all of the process would see it. */
  private static final String CACHE = "org.bytedeco.javacpp.cachedir";

  private static final String MOST_BYTES = "org.bytedeco.javacpp.maxBytes";
  private static final String MOST_PHYSICAL_BYTES = "org.bytedeco.javacpp.maxPhysicalBytes";
  private static final String JNA_UNPACKS_TO = "jna.tmpdir";

  /** Classes that look for their library once more when they are initialised. */
  private static final List<Class<?>> CLASSES =
      List.of(
          dnnl.class,
          engine.class,
          stream.class,
          memory.class,
          memory.desc.class,
          matmul.class,
          matmul.primitive_desc.class,
          primitive_attr.class,
          dnnl_exec_arg_t.class,
          dnnl_primitive.class,
          dnnl_memory.class,
          dnnl_stream.class,
          BytePointer.class,
          LongPointer.class,
          Pointer.class);

  private NativeDnnl() {}

  /**
   * Loads the natives, once per process.
   *
   * @return available with the set of instructions in use, or unavailable on a machine without bf16
   * @throws IOException if they cannot be unpacked
   * @throws LinkageError if they cannot be loaded
   */
  static Availability load() throws IOException {
    Path directory = Files.createTempDirectory("drex-onednn");
    directory.toFile().deleteOnExit();
    Map<String, String> before =
        set(
            Map.of(
                CACHE,
                directory.toString(),
                MOST_BYTES,
                "0",
                MOST_PHYSICAL_BYTES,
                "0",
                JNA_UNPACKS_TO,
                directory.toString()));
    try {
      for (Class<?> any : CLASSES) {
        Loader.load(any);
        Class.forName(any.getName(), true, any.getClassLoader());
      }
      OpenMp.useOneThread();
    } catch (ClassNotFoundException e) {
      throw new LinkageError(e.getMessage(), e);
    } finally {
      restore(before);
      empty(directory);
    }
    String instructions = get_effective_cpu_isa().intern().name();
    boolean bf16 =
        (dnnl_get_effective_cpu_isa() & dnnl_cpu_isa_avx512_core_bf16)
            == dnnl_cpu_isa_avx512_core_bf16;
    return bf16 ? new Availability.Available(instructions) : OneDnn.withoutBf16(instructions);
  }

  /** Returns what the properties were; those that were not set are missing. */
  private static Map<String, String> set(Map<String, String> properties) {
    Map<String, String> before = new TreeMap<>();
    properties.forEach(
        (key, value) -> {
          String old = System.setProperty(key, value);
          before.put(key, old == null ? "" : old);
        });
    return before;
  }

  private static void restore(Map<String, String> before) {
    before.forEach(
        (key, value) -> {
          if (value.isEmpty()) {
            System.clearProperty(key);
          } else {
            System.setProperty(key, value);
          }
        });
  }

  /** The directory itself stays until the process ends, for JavaCPP remembers it. */
  private static void empty(Path directory) throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> walk = Files.walk(directory)) {
      walk.sorted(Comparator.reverseOrder()).forEach(all::add);
    }
    for (Path path : all) {
      if (!path.equals(directory)) {
        Files.deleteIfExists(path);
      }
    }
  }
}
