package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.shard.Waves;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class GenerationTest {
  private static final int CORES = 16;

  @Test
  void tasksThatShareAnEngineRunInWaves() {
    assertThat(waves("local[16]", "", "", 0)).isEqualTo(new Waves(64, 16));
    assertThat(waves("local[16]", "", "", 7)).isEqualTo(new Waves(7, 16));
    assertThat(waves("yarn", "8", "", 0)).isEqualTo(new Waves(64, 16));
    assertThat(waves("spark://host:7077", "8", "4", 0)).isEqualTo(new Waves(64, 4));
  }

  @Test
  void tasksAloneInTheirExecutorsHaveEqualShards() {
    assertThat(waves("local", "", "", 0)).isEqualTo(Waves.ofTasksAlone(64));
    assertThat(waves("yarn", "", "", 0)).isEqualTo(Waves.ofTasksAlone(64));
    assertThat(waves("k8s://host", "8", "8", 0)).isEqualTo(Waves.ofTasksAlone(64));
    assertThat(waves("k8s://host", "8", "5", 0)).isEqualTo(Waves.ofTasksAlone(64));
  }

  /** Settings that are empty are not made. */
  private static Waves waves(String master, String executorCores, String taskCores, int asked) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);
    if (!executorCores.isEmpty()) {
      conf.set("spark.executor.cores", executorCores);
    }
    if (!taskCores.isEmpty()) {
      conf.set("spark.task.cpus", taskCores);
    }
    return Generation.waves(conf, CORES, asked);
  }
}
