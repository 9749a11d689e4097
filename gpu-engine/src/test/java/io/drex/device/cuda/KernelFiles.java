package io.drex.device.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The kernels' sources, and what was made of them. */
final class KernelFiles {
  static final Path SOURCES = Path.of("src", "main", "cuda");

  private KernelFiles() {}

  /** The committed PTX for an architecture. */
  static String ptx(String architecture) {
    return read("kernels_" + architecture + ".ptx");
  }

  /** A file beside the PTX. */
  static String read(String name) {
    String path = "/io/drex/device/cuda/ptx/" + name;
    try (InputStream in = KernelFiles.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException(path + " is not there; run src/main/cuda/build-kernels");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
