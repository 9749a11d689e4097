package io.drex.device.cuda;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Builds the emulated {@code libcuda.so.1}, which runs the kernels' sources on this CPU. */
final class EmulatedDriver {
  private static final Path FOLDER = Path.of("target", "cuda-emulator").toAbsolutePath();

  private EmulatedDriver() {}

  /** The library, built if anything is newer; skips the test where it cannot be. */
  static Path library() {
    String architecture = System.getProperty("os.arch");
    assumeThat(architecture).as("the emulator's fibers are written for x86-64").isEqualTo("amd64");
    assumeThat(hasCompiler()).as("the emulated GPU needs g++, which is not there").isTrue();
    try {
      Process build =
          new ProcessBuilder("src/test/cuda/build-emulator", FOLDER.toString()).inheritIO().start();
      if (build.waitFor() != 0) {
        throw new IllegalStateException("the emulated GPU does not build; see above");
      }
    } catch (IOException e) {
      throw new IllegalStateException("src/test/cuda/build-emulator does not start", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    return FOLDER.resolve("libcuda.so.1");
  }

  private static boolean hasCompiler() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "g++")));
  }
}
