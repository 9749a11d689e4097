package io.drex.job.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the scripts of cluster-scripts/ against a fake Spark and a fake nvidia-smi. */
class ClusterScriptsTest {
  private static final Path ROOT = Path.of(System.getProperty("drex.root", "..")).toAbsolutePath();
  private static final long SECONDS = 60;

  @TempDir Path dir;
  private Path spark;
  private String jar;

  @BeforeEach
  void fakeSpark() throws IOException {
    assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "skipped: no /bin/bash");
    spark = dir.resolve("a spark");
    script(spark.resolve("bin/spark-submit"), "printf '<%s>' \"$@\"; echo; exit 7");
    Files.createDirectories(spark.resolve("jars"));
    Files.createFile(spark.resolve("jars/spark-core_2.13-4.1.2.jar"));
    jar = Files.createFile(dir.resolve("job.jar")).toString();
  }

  @Test
  void submitRunsTheVerbUnderOurDefaultsAndKeepsItsExitCode() throws Exception {
    Outcome outcome = submit("generate", "--output", "a b", "--", "--x");
    assertThat(outcome.code()).isEqualTo(7);
    assertThat(outcome.text())
        .isEqualTo(
            "<--class><io.drex.job.Main><--properties-file><"
                + ROOT.resolve("conf/spark-defaults.conf")
                + "><--load-spark-defaults><"
                + dir.resolve("job.jar")
                + "><generate><--output><a b><--><--x>");
  }

  @Test
  void sparkOptionsGoBeforeTheTwoDashesAndWin() throws Exception {
    Outcome outcome =
        submit("--master", "yarn", "--class=X", "--properties-file", "mine", "--", "status");
    assertThat(outcome.text())
        .isEqualTo(
            "<--load-spark-defaults><--master><yarn><--class=X><--properties-file><mine><"
                + dir.resolve("job.jar")
                + "><status>");
  }

  @Test
  void clusterModeShipsTheFilesThatOptionsName() throws Exception {
    Path config = Files.createFile(dir.resolve("run.json"));
    Path template = Files.createFile(dir.resolve("t.txt"));
    Outcome outcome =
        submit(
            "--deploy-mode",
            "cluster",
            "--",
            "generate",
            "--config",
            config.toString(),
            "--template=" + template,
            "--ramps",
            "s3a://bucket/ramps.json");
    assertThat(outcome.text())
        .contains("<--files><" + config + "," + template + ">")
        .endsWith(
            "<generate><--config><run.json><--template=t.txt><--ramps><s3a://bucket/ramps.json>");
  }

  @Test
  void standaloneClustersAreShippedNoFilesToADriver() throws Exception {
    Path config = Files.createFile(dir.resolve("run.json"));
    for (String[] master :
        List.of(
            new String[] {"--master", "spark://host:7077", "--deploy-mode", "cluster"},
            new String[] {"--conf", "spark.master=spark://host:7077", "--deploy-mode=cluster"})) {
      assertThat(submit(words(master, "--", "generate", "--config", config.toString())))
          .isEqualTo(
              new Outcome(
                  2,
                  "submit: --config "
                      + config
                      + " is a file of this machine, and a standalone cluster does not bring files"
                      + " to a cluster-mode driver. Name it by a URI that all workers read (hdfs:,"
                      + " s3a:), by file:"
                      + config
                      + " where each worker has it, or use --deploy-mode client."));
      assertThat(submit(words(master, "--", "generate", "--config=file:" + config)).text())
          .doesNotContain("--files")
          .endsWith("<generate><--config=file:" + config + ">");
    }
  }

  private static String[] words(String[] first, String... more) {
    return Stream.of(first, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void theJobsJarMayBeInTheClustersImage() throws Exception {
    jar = "local:///opt/drex/drex-job.jar";
    assertThat(submit("--master", "k8s://host", "--", "status").text())
        .endsWith("<k8s://host><local:///opt/drex/drex-job.jar><status>");
  }

  @Test
  void submitSaysWhatIsWrong() throws Exception {
    assertThat(submit("--master", "yarn", "generate"))
        .isEqualTo(
            new Outcome(
                2, "submit: put '--' between the spark-submit options and the verb; see --help."));

    Files.delete(dir.resolve("job.jar"));
    assertThat(submit("generate").text()).contains("job.jar is missing. Build it with 'mvn");

    Files.createFile(dir.resolve("job.jar"));
    Files.delete(spark.resolve("jars/spark-core_2.13-4.1.2.jar"));
    assertThat(submit("generate").text()).contains("is no Spark 4.x for Scala 2.13");
  }

  @Test
  void gpusAreNamedByUuidAndSplitOnesByTheirInstances() throws Exception {
    script(
        dir.resolve("bin/nvidia-smi"),
        """
        echo 'GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-5ab1-0)'
        echo 'GPU 1: NVIDIA H100 80GB HBM3 (UUID: GPU-5ab1-1)'
        echo '  MIG 3g.40gb     Device  0: (UUID: MIG-77-a)'
        echo '  MIG 3g.40gb     Device  1: (UUID: MIG-77-b)'
        """);
    assertThat(discoverGpus())
        .isEqualTo(
            new Outcome(
                0, "{\"name\":\"gpu\",\"addresses\":[\"GPU-5ab1-0\",\"MIG-77-a\",\"MIG-77-b\"]}"));
  }

  @Test
  void aHostWithoutGpusIsAnError() throws Exception {
    script(dir.resolve("bin/nvidia-smi"), "echo 'No devices found.'");
    assertThat(discoverGpus())
        .isEqualTo(
            new Outcome(
                1,
                "discover-gpus.sh: 'nvidia-smi -L' lists no GPU on this host: No devices found."));

    script(dir.resolve("bin/nvidia-smi"), "echo 'driver mismatch' >&2; exit 9");
    assertThat(discoverGpus())
        .isEqualTo(new Outcome(1, "discover-gpus.sh: 'nvidia-smi -L' failed: driver mismatch"));
  }

  private record Outcome(int code, String text) {}

  private Outcome submit(String... arguments) throws IOException, InterruptedException {
    return run("submit", arguments);
  }

  private Outcome discoverGpus() throws IOException, InterruptedException {
    return run("discover-gpus.sh");
  }

  private Outcome run(String name, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("/bin/bash");
    command.add(ROOT.resolve("cluster-scripts").resolve(name).toString());
    command.addAll(List.of(arguments));
    Path output = dir.resolve("output");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("SPARK_HOME", spark.toString());
    builder.environment().put("DREX_JAR", jar);
    builder
        .environment()
        .merge("PATH", dir.resolve("bin").toString(), (path, own) -> own + ":" + path);
    Process process = builder.start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " did not end within " + SECONDS + " s");
    }
    return new Outcome(
        process.exitValue(), Files.readString(output, StandardCharsets.UTF_8).strip());
  }

  private static void script(Path file, String body) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/bash\n" + body + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
