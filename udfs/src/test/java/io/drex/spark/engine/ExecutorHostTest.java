package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.DrexConfig;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;

class ExecutorHostTest {
  @Test
  void localMastersNameTheirCores() {
    assertThat(cores("local", "9")).isEqualTo(1);
    assertThat(cores("local[3]", "9")).isEqualTo(3);
    assertThat(cores("local[3,4]", "9")).isEqualTo(3);
    assertThat(cores("local[*]", "9")).isEqualTo(16);
    assertThat(cores("local[*, 2]", "9")).isEqualTo(16);
  }

  @Test
  void clustersNameThemOrHaveTheirOwnDefaults() {
    assertThat(cores("spark://host:7077", "9")).isEqualTo(9);
    assertThat(unnamed("spark://host:7077")).as("the whole machine").isEqualTo(16);
    assertThat(unnamed("yarn")).isEqualTo(1);
    assertThat(unnamed("k8s://https://host:6443")).isEqualTo(1);
  }

  @Test
  void noEngineHasMoreThreadsThanTheMachineHasCores() {
    SparkConf conf = new SparkConf(false).set("spark.master", "local[5000]");
    assertThat(ExecutorHost.of("driver", conf, Map.of()).cores())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
  }

  @Test
  void configuredThreadsCount() {
    assertThat(EngineSettings.options(DrexConfig.of(Map.of()), 6).threads()).isEqualTo(6);
    Map<String, String> three = Map.of("spark.drex.engine.threads", "3");
    assertThat(EngineSettings.options(DrexConfig.of(three), 6).threads()).isEqualTo(3);
  }

  @Test
  void sparkEntriesReachHadoop() {
    SparkConf conf = new SparkConf(false).set("spark.hadoop.fs.s3a.endpoint", "http://127.0.0.1");
    assertThat(ExecutorHost.hadoop(conf).get("fs.s3a.endpoint")).isEqualTo("http://127.0.0.1");
  }

  @Test
  void theEngineRunsOnTheGpuThatSparkGives() {
    assertThat(host("GPU-a").device("cuda")).isEqualTo("cuda:GPU-a");
    assertThat(host("0").device("cpu")).isEqualTo("cpu");
    assertThat(host().device("cuda")).as("the first that is shown").isEqualTo("cuda");
    assertThat(host().device("cuda:1")).isEqualTo("cuda:1");
  }

  @Test
  void severalGpusAreOneTooMany() {
    assertThat(host("GPU-a", "GPU-b").device("cpu")).isEqualTo("cpu");
    assertThatThrownBy(() -> host("GPU-a", "GPU-b").device("cuda"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "executor 7 was given the GPUs [GPU-a, GPU-b], but has one engine, which runs on one;"
                + " set spark.executor.resource.gpu.amount=1, and start more executors");
  }

  private static ExecutorHost host(String... gpus) {
    Map<String, ResourceInformation> resources =
        gpus.length == 0 ? Map.of() : Map.of("gpu", new ResourceInformation("gpu", gpus));
    return ExecutorHost.of("7", new SparkConf(false), resources);
  }

  private static int unnamed(String master) {
    return ExecutorHost.cores(new SparkConf(false).set("spark.master", master), 16);
  }

  private static int cores(String master, String executorCores) {
    SparkConf conf =
        new SparkConf(false).set("spark.master", master).set("spark.executor.cores", executorCores);
    return ExecutorHost.cores(conf, 16);
  }
}
