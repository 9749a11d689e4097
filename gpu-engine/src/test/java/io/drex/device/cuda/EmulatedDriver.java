package io.drex.device.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Builds the emulated driver, which runs the kernels' sources on this CPU. */
final class EmulatedDriver {
  private EmulatedDriver() {}

  /**
   * The library, which a JVM that loads it takes for the driver; skips the test where it cannot be
   * built.
   */
  static Path library() {
    return folder().resolve("libcuda.so.1");
  }

  /** The same under a name that JCuda does not look for. */
  static Path kernels() {
    return folder().resolve("kernels.so");
  }

  /** The folder of a cuBLAS that runs on {@link #library}. */
  static Path cublas() {
    return folder().resolve("cublas");
  }

  private static Path folder() {
    String architecture = System.getProperty("os.arch");
    assumeTrue(architecture.equals("amd64"), "the emulator's fibers are written for x86-64");
    assumeTrue(hasCompiler(), "the emulated GPU needs g++, which is not there");
    return Built.FOLDER;
  }

  /** Built on first use, once in a JVM. */
  private static final class Built {
    static final Path FOLDER = build();
  }

  private static Path build() {
    Path folder = Path.of("target", "cuda-emulator").toAbsolutePath();
    try {
      Process build =
          new ProcessBuilder("src/test/cuda/build-emulator", folder.toString()).inheritIO().start();
      if (build.waitFor() != 0) {
        throw new IllegalStateException("the emulated GPU does not build; see above");
      }
    } catch (IOException e) {
      throw new IllegalStateException("src/test/cuda/build-emulator does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return folder;
  }

  private static boolean hasCompiler() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
  }
}
