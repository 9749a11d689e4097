package io.drex.spark.engine;

import com.codahale.metrics.MetricRegistry;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the driver an executor's gauges every few seconds, as JSON text: only the driver has a page
 * from which metrics can be read without a port on every host. Read by {@link ExecutorGauges}.
 */
final class GaugeReports implements AutoCloseable {
  /** How often the driver is told. */
  static final int SECONDS = 10;

  static final String EXECUTOR = "executor";
  static final String GAUGES = "gauges";

  private static final Logger LOG = LoggerFactory.getLogger(GaugeReports.class);
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final String executorId;
  private final MetricRegistry metrics;
  private final Sender sender;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "drex-gauges");
            thread.setDaemon(true);
            return thread;
          });
  private boolean warned; // the timer's thread

  private GaugeReports(String executorId, MetricRegistry metrics, Sender sender) {
    this.executorId = executorId;
    this.metrics = metrics;
    this.sender = sender;
  }

  /** How messages go to the driver. */
  interface Sender {
    void send(Object message) throws IOException;
  }

  /** Begins to tell. */
  static GaugeReports start(String executorId, MetricRegistry metrics, Sender sender) {
    GaugeReports reports = new GaugeReports(executorId, metrics, sender);
    var unused =
        reports.timer.scheduleWithFixedDelay(reports::tell, SECONDS, SECONDS, TimeUnit.SECONDS);
    return reports;
  }

  /** The gauges as they are now. */
  static String text(String executorId, MetricRegistry metrics) throws JsonProcessingException {
    ObjectNode document = MAPPER.createObjectNode().put(EXECUTOR, executorId);
    ObjectNode values = document.putObject(GAUGES);
    metrics
        .getGauges()
        .forEach(
            (name, gauge) -> {
              if (gauge.getValue() instanceof Long value) {
                values.put(name, value);
              }
            });
    return MAPPER.writeValueAsString(document);
  }

  private void tell() {
    try {
      sender.send(text(executorId, metrics));
      warned = false;
    } catch (IOException | RuntimeException e) { // a driver that cannot be reached for a while
      if (!warned) {
        LOG.warn("The driver cannot be told the engine's metrics; trying again.", e);
        warned = true;
      }
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
