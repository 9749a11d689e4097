package io.drex.job.run;

import io.drex.job.Main;
import io.drex.job.TestJob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;

/** A driver in a JVM of its own, which tests may kill. */
public final class DriverProcess implements AutoCloseable {
  /** A few seconds of work do not pay the second compiler. */
  private static final List<String> FAST_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  /** Folder of Spark's event logs below the driver's own. */
  static final String EVENTS = "events";

  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final Process process;
  private final Path log;

  private DriverProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts a driver.
   *
   * @param folder for its log and whatever it writes to its working folder
   */
  public static DriverProcess start(Path folder, String master, String... arguments)
      throws IOException {
    return start(folder, master, List.of(), arguments);
  }

  /**
   * The same with options of the driver's JVM, Spark's {@code -D} entries among them; they count
   * for more than the usual ones.
   */
  public static DriverProcess start(
      Path folder, String master, List<String> jvmOptions, String... arguments) throws IOException {
    return start(folder, master, jvmOptions, Main.class, arguments);
  }

  /** The same with another program than the job's. */
  public static DriverProcess start(
      Path folder, String master, List<String> jvmOptions, Class<?> main, String... arguments)
      throws IOException {
    // Executors are started from SPARK_HOME/jars; their classes come by the class path instead.
    Files.createDirectories(folder.resolve("home/jars"));
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xmx1g");
    command.addAll(FAST_START);
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.add("-Dspark.master=" + master);
    command.add("-Dspark.executor.memory=1g");
    command.add("-Dspark.executor.extraClassPath=" + classPath);
    command.add("-Dspark.executor.extraJavaOptions=" + String.join(" ", FAST_START));
    command.add("-Dspark.driver.host=127.0.0.1");
    command.add("-Dspark.driver.bindAddress=127.0.0.1");
    command.add("-Dspark.ui.enabled=false");
    Files.createDirectories(folder.resolve(EVENTS));
    command.add("-Dspark.eventLog.enabled=true");
    command.add("-Dspark.eventLog.compress=false");
    command.add("-Dspark.eventLog.dir=" + folder.resolve(EVENTS).toUri());
    command.add(
        "-Dlog4j2.configurationFile="
            + System.getProperty("drex.root")
            + "/conf/log4j2.properties");
    command.add("-Dspark.sql.shuffle.partitions=2");
    TestJob.NO_COMPILING.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", classPath, main.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    Path log = folder.resolve("driver.log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new DriverProcess(builder.start(), log);
  }

  /**
   * The executors that a driver has started. Long command lines cannot be read back, but they are
   * the only Java among its children; file systems start short-lived others.
   */
  public static Stream<ProcessHandle> executors(ProcessHandle driver) {
    return driver
        .children()
        .filter(child -> child.info().command().filter(name -> name.endsWith("/java")).isPresent());
  }

  /** The process. */
  public Process process() {
    return process;
  }

  /** Waits until a task has published rows; false if the driver ended, or nothing came, before. */
  boolean awaitJournalFile(Path output) {
    return await(() -> hasJournalFile(output));
  }

  /** Waits for a file; false if the driver ended, or it did not come, before. */
  public boolean awaitFile(Path file) {
    return await(() -> Files.exists(file));
  }

  private boolean await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (condition.getAsBoolean()) {
        return true;
      }
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    return false;
  }

  /** Waits for its end; false if it takes too long. */
  public boolean awaitEnd() throws InterruptedException {
    return process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /** What it said. */
  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  static boolean hasJournalFile(Path output) {
    Path journal = output.resolve("_drex/journal");
    if (!Files.isDirectory(journal)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(journal)) {
      return files.anyMatch(file -> file.getFileName().toString().matches("shard-.*\\.parquet"));
    } catch (IOException | UncheckedIOException e) {
      return false; // files come and go while we look
    }
  }
}
