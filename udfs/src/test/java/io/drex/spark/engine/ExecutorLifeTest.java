package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.MetricRegistry;
import io.drex.engine.EngineException;
import io.drex.spark.Await;
import io.drex.spark.conf.DrexConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.scheduler.AccumulableInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecutorLifeTest {
  private static final DrexConfig MODEL =
      DrexConfig.of(Map.of("spark.drex.model.model", "bundled:"));

  @TempDir Path models;
  private final ConcurrentLinkedQueue<Integer> exits = new ConcurrentLinkedQueue<>();
  private final MetricRegistry metrics = new MetricRegistry();
  private final EngineHolder broken =
      new EngineHolder(
          (config, host) -> {
            throw new EngineException("no device");
          });

  @Test
  void withoutAModelItDoesNothing() {
    new ExecutorLife(broken, exits::add).start(DrexConfig.of(Map.of()), host("1"), metrics);
    assertThat(metrics.getNames()).isEmpty();
    assertThat(exits).isEmpty();
  }

  @Test
  void anExecutorWhoseEngineCannotStartExitsWithItsOwnCode() {
    new ExecutorLife(broken, exits::add).start(MODEL, host("1"), metrics);
    Await.until("exit", () -> !exits.isEmpty());
    assertThat(exits).containsExactly(71);
  }

  @Test
  void anExecutorWhoseEngineWasLostExitsWithItsOwnCode() {
    ExecutorLife life = new ExecutorLife(broken, exits::add);
    life.start(DrexConfig.of(Map.of()), host("1"), metrics);
    life.onTaskFailed(failure(new IllegalStateException("the user's own")));
    assertThat(exits).isEmpty();
    life.onTaskFailed(failure(new RuntimeException(new EngineException("the engine was lost"))));
    assertThat(exits).containsExactly(71);
  }

  @Test
  void inLocalModeTheJvmGoesOn() {
    ExecutorLife life = new ExecutorLife(broken, exits::add);
    life.start(DrexConfig.of(Map.of()), host("driver"), metrics);
    life.onTaskFailed(failure(new EngineException("the engine was lost")));
    assertThat(exits).isEmpty();
  }

  @Test
  void gaugesFollowTheEngine() {
    EngineHolder holder = new EngineHolder(OpenEngine::open);
    DrexConfig config =
        DrexConfig.of(
            Map.of(
                "spark.drex.model.model",
                "bundled:",
                "spark.drex.model.modelCache",
                models.toString(),
                "spark.drex.output.output",
                models.resolve("out").toString(),
                "spark.drex.engine.device",
                "sim:noop"));
    ExecutorLife life = new ExecutorLife(holder, exits::add);
    life.start(config, host("driver"), metrics);
    holder.open(config, host("driver")).join();
    assertThat(metrics.getGauges())
        .containsKeys("engine.requestsInFlight", "engine.tokens", "engine.mixedSteps");
    assertThat(metrics.gauge("engine.tokens").getValue()).isEqualTo(0L);
    assertThat(metrics.gauge("store.repeatedCalls").getValue()).isEqualTo(0L);
    assertThat(metrics.gauge("store.throttledCalls").getValue()).isEqualTo(0L);
    life.shutdown();
    assertThat(holder.opened(config)).isEmpty();
  }

  private static ExecutorHost host(String executorId) {
    return new ExecutorHost(executorId, 2, List.of(), new Configuration());
  }

  private static TaskFailedReason failure(Throwable cause) {
    return new ExceptionFailure(
        cause, scala.jdk.javaapi.CollectionConverters.asScala(List.<AccumulableInfo>of()).toSeq());
  }
}
