package io.drex.device.cuda.cublas;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The functions of a loaded cuBLAS that are called here, by their names without the prefix. */
final class CublasLibrary {
  private static final int RTLD_LAZY = 1; // its functions stay out of other libraries' sight
  private static final int PROPERTIES = 3; // major, minor and patch, in this order

  private final Path file;
  private final List<NativeLibrary> loaded; // cuBLAS last; JNA unloads what nobody keeps

  private CublasLibrary(Path file, List<NativeLibrary> loaded) {
    this.file = file;
    this.loaded = loaded;
  }

  /**
   * Loads a file, after the library beside it that it is made of: the dynamic linker would look for
   * that one elsewhere.
   *
   * @param file a name alone is looked for by the dynamic linker
   * @throws LinkageError if it cannot be loaded
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

  /**
   * A function, all of which return a status.
   *
   * @throws UnsatisfiedLinkError if the library has none of that name
   */
  Function function(String name) {
    return loaded.get(loaded.size() - 1).getFunction("cublas" + name);
  }

  /** Its version, such as 13.0.2; needs no GPU. */
  String version() {
    int[] value = new int[1];
    StringBuilder version = new StringBuilder();
    for (int property = 0; property < PROPERTIES; property++) {
      int status = function("GetProperty").invokeInt(new Object[] {property, value});
      CublasStatus.check(status, "tell its version");
      version.append(property == 0 ? "" : ".").append(value[0]);
    }
    return version.toString();
  }
}
