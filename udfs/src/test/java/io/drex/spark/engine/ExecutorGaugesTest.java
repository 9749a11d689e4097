package io.drex.spark.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ExecutorGaugesTest {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong tokens = new AtomicLong();
  private final MetricRegistry driver = new MetricRegistry();
  private final MetricRegistry executor = new MetricRegistry();
  private final ExecutorGauges gauges = ExecutorGauges.in(driver, nanos::get);

  ExecutorGaugesTest() {
    executor.register("engine.tokens", (Gauge<Long>) tokens::get);
    executor.register("name", (Gauge<String>) () -> "no number");
  }

  @Test
  void theDriverShowsWhatEachExecutorTold() throws IOException {
    tokens.set(7);
    gauges.take(GaugeReports.text("1", executor));
    tokens.set(9);
    gauges.take(GaugeReports.text("2", executor));
    gauges.take(GaugeReports.text("2", executor));

    assertThat(value("executors")).isEqualTo(2L);
    assertThat(value("executor.1.engine.tokens")).isEqualTo(7L);
    assertThat(value("executor.2.engine.tokens")).isEqualTo(9L);
    assertThat(driver.getNames()).hasSize(3);
  }

  @Test
  void anExecutorThatIsSilentGoesAndMayComeBack() throws IOException {
    gauges.take(GaugeReports.text("1", executor));
    gauges.take(GaugeReports.text("11", executor));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(45));
    gauges.take(GaugeReports.text("11", executor));
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(45));

    assertThat(value("executors")).isEqualTo(1L);
    assertThat(driver.getNames()).containsOnly("executors", "executor.11.engine.tokens");
    gauges.take(GaugeReports.text("1", executor));
    assertThat(value("executors")).isEqualTo(2L);
    assertThat(driver.getNames()).contains("executor.1.engine.tokens");
  }

  @Test
  void whatIsNoReportIsRefused() {
    assertThatThrownBy(() -> gauges.take("{"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("this is no report of an executor's gauges");
  }

  private Object value(String name) {
    return Objects.requireNonNull(driver.getGauges().get(name)).getValue();
  }
}
