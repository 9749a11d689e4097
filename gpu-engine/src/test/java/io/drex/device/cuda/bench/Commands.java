package io.drex.device.cuda.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Other processes. */
final class Commands {
  private static final String GPU_TESTS = "drex.test.cuda";
  private static final String ROOT = "drex.root"; // that tests find files under
  private static final long ENDING_SECONDS = 10; // for a killed process to be gone
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private Commands() {}

  /** What runs a stage in a JVM like this one. */
  static List<String> stage(String stage, Path part, double seconds, Sizes sizes) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--add-modules");
    command.add("jdk.incubator.vector");
    if (sizes.equals(Sizes.FULL)) {
      command.add("-Xmx8g");
    } else {
      command.addAll(List.of("-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    }
    command.add("-D" + GPU_TESTS + "=" + System.getProperty(GPU_TESTS, "libcuda.so.1"));
    command.add("-D" + PeersStage.SCRIPT + "=" + PeersStage.script());
    command.add("-D" + PeersStage.OUTPUTS + "=" + System.getProperty(PeersStage.OUTPUTS, ""));
    command.add("-D" + ROOT + "=" + System.getProperty(ROOT, "."));
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(StageProgram.class.getName());
    command.addAll(List.of(stage, part.toString(), String.valueOf(seconds), sizes.text()));
    return command;
  }

  /**
   * A program on the path, or else in one of some folders.
   *
   * @return its path; empty where it is not there
   */
  static Optional<String> find(String program, String... folders) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of(folders))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst();
  }

  /** Something to be done now and then while a command runs. */
  interface Meanwhile {
    void look() throws IOException;
  }

  /**
   * Runs a command to its end, or to the end of its time; then it and what it started are ended.
   *
   * @param log that its output is added to
   * @return what it ended with, or -1 where its time was over
   */
  static int run(List<String> command, Path log, double seconds, Meanwhile meanwhile)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    try {
      while (true) {
        long left = end - System.nanoTime();
        if (process.waitFor(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS)) {
          return process.exitValue();
        }
        if (left <= LOOK_NANOS) {
          return -1;
        }
        meanwhile.look();
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor(ENDING_SECONDS, TimeUnit.SECONDS);
    }
  }
}
