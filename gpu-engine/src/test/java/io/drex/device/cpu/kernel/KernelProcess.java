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
  static String run(Path folder, Class<?> main, List<String> options, String... arguments)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    Path error = folder.resolve("error.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dfile.encoding=UTF-8"); // of what it prints, too
    command.addAll(options);
    command.addAll(List.of("--add-modules", KernelKind.MODULE));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(error.toFile())
            .start();
    boolean ended = process.waitFor(5, TimeUnit.MINUTES);
    process.destroyForcibly();
    String printed = Files.readString(output) + Files.readString(error);
    assertThat(ended).as(printed).isTrue();
    assertThat(process.exitValue()).as(printed).isZero();
    return Files.readString(output).strip();
  }
}
