package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.spark.conf.DrexConfig;
import java.util.Map;
import org.apache.spark.SparkConf;
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
    assertThat(ExecutorHost.of("driver", conf).cores())
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

  private static int unnamed(String master) {
    return ExecutorHost.cores(new SparkConf(false).set("spark.master", master), 16);
  }

  private static int cores(String master, String executorCores) {
    SparkConf conf =
        new SparkConf(false).set("spark.master", master).set("spark.executor.cores", executorCores);
    return ExecutorHost.cores(conf, 16);
  }
}
