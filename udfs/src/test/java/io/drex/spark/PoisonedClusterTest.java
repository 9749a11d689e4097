package io.drex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** E16: rows that kill executors, by their engine's loss or at once. */
@Tag("slow")
class PoisonedClusterTest {
  private static final int LIMIT_SECONDS = 240;
  private static final List<String> FAST_START =
      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"halt,17 71", "lose,17 71"})
  void theJobGoesOnWithoutTheRowsThatKillExecutors(String effect, String poison)
      throws IOException, InterruptedException {
    Path log = folder.resolve("driver.log");
    Process driver = start(log, effect, poison.split(" "));
    try {
      assertThat(driver.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(driver.exitValue()).as("the driver said %s", Files.readString(log)).isZero();
    } finally {
      driver.descendants().forEach(ProcessHandle::destroyForcibly);
      driver.destroyForcibly();
    }

    Dataset<Row> output = PoisonedCluster.run(folder).output();
    List<String> ids = new ArrayList<>();
    for (String row : poison.split(" ")) {
      ids.add("row-" + row);
    }
    assertThat(output.filter("error is not null").select("id").distinct().collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactlyInAnyOrderElementsOf(ids);
    assertThat(output.filter("error is not null").select("error.code").distinct().collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly("ENGINE_FAULT");
    TestRun calm = new TestRun(folder.resolve("calm"), "calm");
    calm.generate(PoisonedCluster.rows(LocalSpark.session()), 2);
    Map<String, String> expected = hashes(calm.output());
    ids.forEach(expected::remove);
    assertThat(hashes(output)).isEqualTo(expected);
  }

  private Process start(Path log, String effect, String... poison) throws IOException {
    Files.createDirectories(folder.resolve("home/jars"));
    String classPath = System.getProperty("java.class.path");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-Xmx1g");
    command.addAll(FAST_START);
    command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
    command.add("-Dspark.executor.memory=1g");
    command.add("-Dspark.executor.extraClassPath=" + classPath);
    command.add("-Dspark.executor.extraJavaOptions=" + String.join(" ", FAST_START));
    command.add("-Dspark.driver.host=127.0.0.1");
    command.add("-Dspark.driver.bindAddress=127.0.0.1");
    command.add("-Dspark.ui.enabled=false");
    command.addAll(List.of("-cp", classPath, PoisonedCluster.class.getName()));
    command.addAll(List.of(folder.toString(), effect));
    command.addAll(List.of(poison));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("SPARK_HOME", folder.resolve("home").toString());
    builder.environment().put("SPARK_SCALA_VERSION", "2.13");
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Rows may be there more than once, but never with other bytes. */
  private static Map<String, String> hashes(Dataset<Row> output) {
    Map<String, String> hashes = new TreeMap<>();
    for (Row row : output.filter("error is null").collectAsList()) {
      String hash = row.getAs("output_sha256");
      assertThat(hash).isEqualTo(hashes.merge(row.getAs("id"), hash, (first, second) -> first));
    }
    return hashes;
  }
}
