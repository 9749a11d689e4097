package io.drex.device.cpu.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs kernels in a JVM that has options of its own. */
final class KernelProcess {
  private KernelProcess() {}

  /**
   * Runs a class of the tests.
   *
   * @param folder for its output
   * @return what it printed, without spaces around it
   */
  static String run(Path folder, Class<?> main, String option, String... arguments)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Path error = folder.resolve("error.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(option);
    command.addAll(List.of("--add-modules", KernelKind.MODULE));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(error.toFile())
            .start();
    boolean ended = process.waitFor(3, TimeUnit.MINUTES);
    process.destroyForcibly();
    assertThat(ended).as(Files.readString(error)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(error)).isZero();
    return Files.readString(output).strip();
  }
}
