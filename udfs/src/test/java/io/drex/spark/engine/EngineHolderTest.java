package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drex.engine.EngineException;
import io.drex.spark.conf.DrexConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineHolderTest {
  @TempDir static Path models;
  private final ExecutorHost host = new ExecutorHost("7", 2, List.of(), new Configuration());
  private final AtomicInteger loads = new AtomicInteger();
  private final EngineHolder holder =
      new EngineHolder(
          (config, executor) -> {
            loads.incrementAndGet();
            return OpenEngine.open(config, executor);
          });

  @AfterEach
  void close() {
    holder.closeEngines();
  }

  @Test
  void whoeverAsksGetsTheOneEngineOfAConfiguration() {
    OpenEngine engine = holder.open(config(Map.of()), host).join();
    assertThat(holder.open(config(Map.of()), host).join()).isSameAs(engine);
    Map<String, String> otherSampling = Map.of("spark.drex.sampling.maxNewTokens", "7");
    assertThat(holder.open(config(otherSampling), host).join()).isSameAs(engine);
    assertThat(holder.opened(config(Map.of()))).contains(engine);
    assertThat(loads).hasValue(1);
    assertThat(holder.open(config(Map.of("spark.drex.engine.slots", "3")), host).join())
        .isNotSameAs(engine);
    assertThat(loads).hasValue(2);
  }

  @Test
  void anEngineThatServesNoMoreIsReplaced() {
    OpenEngine first = holder.open(config(Map.of()), host).join();
    first.close();
    OpenEngine second = holder.open(config(Map.of()), host).join();
    assertThat(second).isNotSameAs(first);
    assertThat(second.snapshot().engineId()).isNotEqualTo(first.snapshot().engineId());
  }

  @Test
  void aFailedStartIsTypedAndTriedAgain() {
    DrexConfig unknown = config(Map.of("spark.drex.engine.device", "abacus"));
    for (int attempt = 1; attempt <= 2; attempt++) {
      assertThatThrownBy(() -> holder.open(unknown, host).join())
          .hasCauseInstanceOf(EngineException.class)
          .hasMessageContaining("the engine of executor 7 cannot start: unknown device 'abacus'");
      assertThat(loads).hasValue(attempt);
    }
    assertThat(holder.opened(unknown)).isEmpty();
  }

  @Test
  void whatIsNotAnEngineExceptionBecomesOne() {
    EngineHolder failing =
        new EngineHolder(
            (config, executor) -> {
              throw new UnsatisfiedLinkError("no tokenizers in java.library.path");
            });
    assertThatThrownBy(() -> failing.open(config(Map.of()), host).join())
        .hasCauseInstanceOf(EngineException.class)
        .hasMessageContaining("executor 7 cannot start")
        .hasMessageContaining("no tokenizers in java.library.path");
  }

  @Test
  void anotherFingerprintIsRefusedWithBothValues() {
    OpenEngine engine = holder.open(config(Map.of()), host).join();
    assertThatThrownBy(() -> engine.requireFingerprinted("abc", "sim:noop-1"))
        .hasMessageStartingWith("the driver fingerprinted the model hash abc, but executor 7 has ")
        .hasMessageContaining("give all hosts the same model");
  }

  static DrexConfig config(Map<String, String> more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("spark.drex.model.model", "bundled:");
    entries.put("spark.drex.model.modelCache", models.toString());
    entries.put("spark.drex.engine.device", "sim:noop");
    entries.putAll(more);
    return DrexConfig.of(entries);
  }
}
