package io.drex.job.run;

import static io.drex.job.TestJob.generate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.job.TestJob;
import io.drex.job.verdict.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A driver without a GPU, whose executors have an emulated one each, as Spark assigns them. */
@Tag("slow")
class GpuExecutorsTest {
  private static final Path EMULATOR =
      Path.of(System.getProperty("drex.root"), "gpu-engine/target/cuda-emulator");
  private static final String UUID = "GPU-00000000-0000-0000-0000-00000000000";
  private static final int ROWS = 4;

  @TempDir Path folder;

  @BeforeEach
  void needsTheEmulatedDriver() {
    assumeThat(EMULATOR.resolve("libcuda.so.1"))
        .as("the tests of gpu-engine build it where there is a g++")
        .exists();
  }

  @Test
  void everyExecutorRunsOnTheGpuThatItWasGiven() throws IOException, InterruptedException {
    Path input = TestJob.lines(folder.resolve("in.jsonl"), TestJob.articles(ROWS));
    Path output = folder.resolve("out");
    String[] command =
        generate(
            input, output, "--id-col=id", "--device=cuda", "--partitions=4", "--max-new-tokens=2");
    List<String> gpus =
        List.of(
            "-Dspark.executorEnv.LD_LIBRARY_PATH=" + EMULATOR,
            "-Dspark.executorEnv.DREX_EMU_GPUS=2",
            "-Dspark.executorEnv.DREX_EMU_CC=75,90", // the first is too old to run anything
            "-Dspark.worker.resource.gpu.amount=1",
            "-Dspark.worker.resource.gpu.discoveryScript=" + script(),
            "-Dspark.executor.resource.gpu.amount=1",
            "-Dspark.task.resource.gpu.amount=0.5");
    try (DriverProcess driver =
        DriverProcess.start(folder, "local-cluster[1,2,1024]", gpus, command)) {
      assertThat(driver.awaitEnd()).isTrue();
      assertThat(driver.process().exitValue())
          .as("the driver said %s", driver.log())
          .isEqualTo(ExitCode.OK.number());
    }
    assertThat(TestJob.hashes(output)).hasSize(ROWS);
    assertThat(Files.readString(output.resolve("_drex/fingerprint.json")))
        .containsPattern("\"device.implementation\" ?: ?\"cuda/strict-\\d+/sm_90\"");
  }

  /** Names the second GPU. */
  private Path script() throws IOException {
    Path script = folder.resolve("discover.sh");
    Files.writeString(
        script, "#!/bin/sh\necho '{\"name\":\"gpu\",\"addresses\":[\"" + UUID + "1\"]}'\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
