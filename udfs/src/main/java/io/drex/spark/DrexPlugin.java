package io.drex.spark;

import io.drex.spark.engine.ExecutorGauges;
import io.drex.spark.engine.ExecutorLife;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;

/**
 * {@code spark.plugins=io.drex.spark.DrexPlugin}: opens each executor's engine when the executor
 * starts. Optional: without it the first task opens the engine.
 */
public final class DrexPlugin implements SparkPlugin {
  private static final String PREFIX = "spark.drex.";

  @Override
  public DriverPlugin driverPlugin() {
    return new DriverHalf();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return ExecutorLife.create();
  }

  /** Sends the driver's settings to the executors, and shows the gauges that they tell. */
  private static final class DriverHalf implements DriverPlugin {
    private @Nullable ExecutorGauges gauges;

    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      gauges = ExecutorGauges.in(context.metricRegistry());
      Map<String, String> entries = new HashMap<>();
      for (Tuple2<String, String> entry : spark.conf().getAll()) {
        if (entry._1().startsWith(PREFIX)) {
          entries.put(entry._1(), entry._2());
        }
      }
      return entries;
    }

    @Override
    public @Nullable Object receive(Object message) {
      if (gauges != null && message instanceof String report) {
        gauges.take(report);
      }
      return null; // nobody waits for an answer
    }
  }
}
