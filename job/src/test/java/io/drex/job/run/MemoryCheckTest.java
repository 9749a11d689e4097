package io.drex.job.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.device.DeviceBackend;
import io.drex.device.cuda.CudaBackend;
import io.drex.engine.Backends;
import io.drex.job.verdict.JobException;
import io.drex.model.BundledModel;
import io.drex.model.LoadedModel;
import io.drex.model.ModelLoader;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemoryCheckTest {
  private static final DeviceBackend CPU = Backends.select("cpu:scalar");
  private static final MemoryCheck HUGE = new MemoryCheck(1L << 50, 0, 0, 0, 0);

  @Test
  void pendingTokensHoldASecondHiddenStateForEachSlot(@TempDir Path folder) throws IOException {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    MemoryCheck map = MemoryCheck.of(model, withKvFill("map"), CPU);
    MemoryCheck recompute = MemoryCheck.of(model, withKvFill("recompute"), CPU);

    assertThat(2 * recompute.hiddenBytes()).isEqualTo(3 * map.hiddenBytes());
    assertThat(recompute.kvBytes()).isEqualTo(map.kvBytes());
  }

  @Test
  void aModelOnAGpuTakesNothingOfTheHeap(@TempDir Path folder) throws IOException {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    MemoryCheck gpu = MemoryCheck.of(model, withKvFill("map"), new CudaBackend());

    assertThat(gpu.weightBytes() + gpu.kvBytes() + gpu.hiddenBytes()).isZero();
    assertThat(gpu.taskBytes()).isPositive();
  }

  @Test
  void weightsAreCountedAsTheDeviceKeepsThem(@TempDir Path folder) throws IOException {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    DeviceBackend int8 = Backends.select("cpu:int8");

    assertThat(MemoryCheck.of(model, withKvFill("map"), CPU).weightBytes())
        .isEqualTo(model.weightBytes());
    assertThat(MemoryCheck.of(model, withKvFill("map"), int8).weightBytes())
        .isEqualTo(int8.weights(model).bytes())
        .isLessThan(model.weightBytes() * 3 / 4);
  }

  @Test
  void whatLiesOutsideTheHeapIsNotAskedOfIt(@TempDir Path folder) throws IOException {
    LoadedModel model = ModelLoader.load(BundledModel.extract("bundled:", folder));
    DeviceBackend oneDnn = Backends.named("cpu:onednn");
    MemoryCheck check = MemoryCheck.of(model, withKvFill("map"), oneDnn);

    assertThat(check.weightBytes() + check.nativeBytes()).isEqualTo(model.weightBytes());
    assertThat(check.weightBytes()).as("norms").isPositive().isLessThan(10_000);
    assertThat(check.kvBytes()).isEqualTo(MemoryCheck.of(model, withKvFill("map"), CPU).kvBytes());
  }

  @Test
  void whatLiesOutsideTheHeapMustFitWhereProcessesAreLimited() {
    long native500 = 500L << 20;
    MemoryCheck check = new MemoryCheck(0, native500, 0, 0, 0);
    SparkConf conf = new SparkConf(false).set("spark.master", "yarn");

    assertThatThrownBy(() -> check.require(conf))
        .isInstanceOf(JobException.class)
        .hasMessage(
            "an engine holds 500 MiB of weights outside the heap, but the cluster manager ends"
                + " executors that take more than 384 MiB beside it; set --conf"
                + " spark.executor.memoryOverhead=884m");
    check.require(conf.clone().set("spark.executor.memoryOverhead", "500m"));
    check.require(conf.clone().set("spark.executor.memory", "8g"));
    check.require(new SparkConf(false).set("spark.master", "spark://127.0.0.1:7077"));
  }

  private static DrexConfig withKvFill(String kvFill) {
    return DrexConfig.of(
        Map.of(
            ConfigKeys.KV_FILL.sparkKey(), kvFill,
            ConfigKeys.SLOTS.sparkKey(), "64",
            ConfigKeys.MAX_PREFILL_TOKENS.sparkKey(), "64"));
  }

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
