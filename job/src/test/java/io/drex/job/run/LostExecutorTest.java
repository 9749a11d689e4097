package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.Main;
import io.drex.job.TestJob;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver of its own with two executor processes, one of which is killed in the middle. */
@Tag("slow")
class LostExecutorTest {
  private static final int ROWS = 60;
  private static final Duration LIMIT = Duration.ofMinutes(4);

  @TempDir Path folder;

  @Test
  void aKilledExecutorChangesNothing() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    Process driver = start(generate(input, output, "--id-col=id", "--partitions=8"));
    try {
      assertThat(killAnExecutorOnceRowsAreFinished(driver, output))
          .as("killed; the driver said %s", log())
          .isTrue();
      assertThat(driver.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
    }
    assertThat(driver.exitValue()).as("the driver said %s", log()).isZero();

    Path undisturbed = folder.resolve("undisturbed");
    TestJob.run(generate(input, undisturbed, "--id-col=id"));
    assertThat(TestJob.hashes(output)).hasSize(ROWS).isEqualTo(TestJob.hashes(undisturbed));
  }

  private Process start(String... arguments) throws IOException {
    // Executors are started from SPARK_HOME/jars; their classes come by the class path instead.
    Files.createDirectories(folder.resolve("home/jars"));
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xmx1g");
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.add("-Dspark.master=local-cluster[2,1,1024]");
    command.add("-Dspark.executor.memory=1g");
    command.add("-Dspark.executor.extraClassPath=" + classPath);
    command.add("-Dspark.driver.host=127.0.0.1");
    command.add("-Dspark.driver.bindAddress=127.0.0.1");
    command.add("-Dspark.ui.enabled=false");
    command.add(
        "-Dlog4j2.configurationFile="
            + System.getProperty("drex.root")
            + "/conf/log4j2.properties");
    command.add("-Dspark.sql.shuffle.partitions=2");
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    File log = folder.resolve("driver.log").toFile();
    return builder.redirectErrorStream(true).redirectOutput(log).start();
  }

  private static boolean killAnExecutorOnceRowsAreFinished(Process driver, Path output)
      throws IOException {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (driver.isAlive() && System.nanoTime() < deadline) {
      // The driver starts executors and nothing else; long command lines cannot be read back.
      Optional<ProcessHandle> executor = driver.children().findAny();
      if (executor.isPresent() && hasJournalFile(output)) {
        return executor.get().destroyForcibly();
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    return false;
  }

  private static boolean hasJournalFile(Path output) throws IOException {
    Path journal = output.resolve("_drex/journal");
    if (!Files.isDirectory(journal)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(journal)) {
      return files.anyMatch(file -> file.getFileName().toString().matches("shard-.*\\.parquet"));
    }
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("driver.log"));
  }
}
