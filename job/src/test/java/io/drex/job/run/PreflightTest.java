package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.drex.device.Availability;
import io.drex.device.cuda.CudaBackend;
import io.drex.job.verdict.ExitCode;
import io.drex.job.verdict.JobException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is asked for the GPU: the driver where it runs the engine, else an executor. */
class PreflightTest {
  @TempDir Path folder;

  @BeforeEach
  void thereIsNoGpuHere() {
    assumeThat(new CudaBackend().probe()).isInstanceOf(Availability.Unavailable.class);
  }

  @Test
  void aClustersDriverNeedsNoGpu() {
    SparkConf conf = conf("spark://127.0.0.1:7077");
    Preflight preflight = Preflight.check(config("cuda"), conf, new Configuration());
    assertThat(preflight.asksExecutors(conf)).isTrue();

    Preflight settled = preflight.on("cuda/strict-1/sm_90");
    assertThat(settled.implementation()).isEqualTo("cuda/strict-1/sm_90");
    assertThat(settled.fingerprint().parts())
        .containsEntry("device.implementation", "cuda/strict-1/sm_90");
  }

  @Test
  void aRunOnLibraryKernelsIsLabelledAsOneWhoseRowsDependOnTheSchedule() {
    SparkConf conf = conf("spark://127.0.0.1:7077");
    Preflight strict = Preflight.check(config("cuda"), conf, new Configuration());
    assertThat(strict.on("cuda/strict-2/sm_90").labels().isScheduleDependent()).isFalse();
    Preflight fast = Preflight.check(config("cuda:fast"), conf, new Configuration());
    assertThat(fast.on("cuda/fast-1/cublas-13.0.2/sm_90").labels().isScheduleDependent()).isTrue();
  }

  @Test
  void theDriverIsAskedWhereTheEngineIsItsOwn() {
    assertThatThrownBy(() -> Preflight.check(config("cuda"), conf("local[2]"), new Configuration()))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.ENGINE))
        .hasMessageStartingWith("device cuda cannot run here: ")
        .hasMessageContaining("--device cpu");
  }

  @Test
  void aDeviceOfEveryHostIsAskedOnTheDriver() {
    SparkConf conf = conf("spark://127.0.0.1:7077");
    Preflight preflight = Preflight.check(config("cpu:scalar"), conf, new Configuration());
    assertThat(preflight.asksExecutors(conf)).isFalse();
    assertThat(preflight.implementation()).startsWith("cpu/");
  }

  @Test
  void executorsOfSeveralGpusAreRefusedBeforeTheyStart() {
    SparkConf conf = conf("yarn").set("spark.executor.resource.gpu.amount", "4");
    assertThatThrownBy(() -> Preflight.check(config("cuda"), conf, new Configuration()))
        .isInstanceOfSatisfying(
            JobException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.USAGE))
        .hasMessage(
            "spark.executor.resource.gpu.amount is 4, but an executor has one engine, which runs on"
                + " one GPU; set it to 1, and start more executors");
  }

  private DrexConfig config(String device) {
    return DrexConfig.of(
        Map.of(
            ConfigKeys.INPUT.sparkKey(), folder.resolve("in.jsonl").toString(),
            ConfigKeys.OUTPUT.sparkKey(), folder.resolve("out").toString(),
            ConfigKeys.MODEL.sparkKey(), "bundled:",
            ConfigKeys.MODEL_CACHE.sparkKey(), folder.resolve("models").toString(),
            ConfigKeys.DEVICE.sparkKey(), device));
  }

  private static SparkConf conf(String master) {
    return new SparkConf(false).set("spark.master", master).set("spark.executor.memory", "2g");
  }
}
