package io.drex.device.cuda.cublas;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The functions of a loaded cuBLAS that are called here, all of which return a status. */
final class CublasLibrary {
  private static final int RTLD_LAZY = 1; // its functions stay out of other libraries' sight

  final Function create;
  final Function destroy;
  final Function setStream;
  final Function setWorkspace;
  final Function multiply;

  private final Function tell;
  private final Path file;
  private final List<NativeLibrary> loaded; // cuBLAS last; JNA unloads what nobody keeps

  private CublasLibrary(Path file, List<NativeLibrary> loaded) {
    this.file = file;
    this.loaded = loaded;
    create = function("Create_v2");
    destroy = function("Destroy_v2");
    setStream = function("SetStream_v2");
    setWorkspace = function("SetWorkspace_v2");
    multiply = function("GemmEx");
    tell = function("GetProperty");
  }

  /**
   * Loads a file, after the library beside it that it is made of: the dynamic linker would look for
   * that one elsewhere.
   *
   * @param file a name alone is looked for by the dynamic linker
   * @throws LinkageError if it cannot be loaded, or has not all functions
   */
  static CublasLibrary load(Path file) {
    String name = file.getFileName().toString();
    Path light = file.resolveSibling(name.replace("libcublas.", "libcublasLt."));
    List<NativeLibrary> loaded = new ArrayList<>();
    if (!light.equals(file) && Files.isRegularFile(light)) {
      loaded.add(open(light));
    }
    loaded.add(open(file));
    return new CublasLibrary(file, loaded);
  }

  private static NativeLibrary open(Path file) {
    return NativeLibrary.getInstance(file.toString(), Map.of(Library.OPTION_OPEN_FLAGS, RTLD_LAZY));
  }

  /** Where it is. */
  Path file() {
    return file;
  }

  private Function function(String name) {
    return loaded.get(loaded.size() - 1).getFunction("cublas" + name);
  }

  /** Its version, such as 13.0.2; needs no GPU. */
  String version() {
    return property(0) + "." + property(1) + "." + property(2);
  }

  /** The first number of its version. */
  int major() {
    return property(0);
  }

  /**
   * @param part of the version: 0 is the major one, 1 the minor, and 2 the patch
   */
  private int property(int part) {
    int[] value = new int[1];
    CublasStatus.check(tell.invokeInt(new Object[] {part, value}), "tell its version");
    return value[0];
  }
}
