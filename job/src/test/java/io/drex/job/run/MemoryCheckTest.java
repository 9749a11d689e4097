package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.job.verdict.JobException;
import org.apache.spark.SparkConf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryCheckTest {
  private static final MemoryCheck HUGE = new MemoryCheck(1L << 50, 0, 0, 0);

  @ParameterizedTest
  @CsvSource({
    "local, spark.driver.memory",
    "local[2], spark.driver.memory",
    "'local-cluster[2,1,1024]', spark.executor.memory",
    "spark://127.0.0.1:7077, spark.executor.memory"
  })
  void namesTheHeapThatTheEngineLivesIn(String master, String setting) {
    SparkConf conf = new SparkConf(false).set("spark.master", master);

    assertThatThrownBy(() -> HUGE.require(conf))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("but " + setting + " gives ")
        .hasMessageContaining("set --conf " + setting + "=");
  }
}
