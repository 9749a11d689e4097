package io.drex.spark.engine;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The executors' gauges on the driver, {@code executor.<id>.<gauge>}, as they were last told by
 * {@link GaugeReports}; those of an executor that is silent for a minute go. Any thread.
 */
public final class ExecutorGauges {
  private static final long SILENT_NANOS = 60_000_000_000L;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final MetricRegistry metrics;
  private final LongSupplier nanoClock;
  private final Map<String, Executor> executors = new HashMap<>(); // by id

  private ExecutorGauges(MetricRegistry metrics, LongSupplier nanoClock) {
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /** What one executor told. */
  private static final class Executor {
    private final Map<String, Long> values = new HashMap<>(); // by gauge
    private long toldNanos;
  }

  /** Gauges in a registry; the number of executors that tell theirs is one from the start. */
  public static ExecutorGauges in(MetricRegistry metrics) {
    return in(metrics, System::nanoTime);
  }

  static ExecutorGauges in(MetricRegistry metrics, LongSupplier nanoClock) {
    ExecutorGauges gauges = new ExecutorGauges(metrics, nanoClock);
    metrics.register("executors", (Gauge<Long>) gauges::count);
    return gauges;
  }

  /**
   * Takes what an executor tells.
   *
   * @throws IllegalArgumentException if it is no report
   */
  public synchronized void take(String report) {
    JsonNode document = parse(report);
    String id = document.path(GaugeReports.EXECUTOR).asText();
    Executor executor = executors.computeIfAbsent(id, key -> new Executor());
    executor.toldNanos = nanoClock.getAsLong();
    document
        .path(GaugeReports.GAUGES)
        .fields()
        .forEachRemaining(
            gauge -> {
              String name = gauge.getKey();
              if (executor.values.put(name, gauge.getValue().asLong()) == null) {
                metrics.register(prefix(id) + name, (Gauge<Long>) () -> value(executor, name));
              }
            });
    forgetSilent();
  }

  private synchronized long count() {
    forgetSilent();
    return executors.size();
  }

  private synchronized long value(Executor executor, String name) {
    return executor.values.getOrDefault(name, 0L);
  }

  private void forgetSilent() {
    long now = nanoClock.getAsLong();
    executors
        .entrySet()
        .removeIf(
            executor -> {
              boolean isSilent = now - executor.getValue().toldNanos > SILENT_NANOS;
              if (isSilent) {
                String prefix = prefix(executor.getKey());
                metrics.removeMatching((name, metric) -> name.startsWith(prefix));
              }
              return isSilent;
            });
  }

  private static String prefix(String executorId) {
    return "executor." + executorId + ".";
  }

  private static JsonNode parse(String report) {
    try {
      return MAPPER.readTree(report);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("this is no report of an executor's gauges", e);
    }
  }
}
