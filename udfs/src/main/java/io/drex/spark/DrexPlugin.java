package io.drex.spark;

import io.drex.spark.engine.ExecutorLife;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import scala.Tuple2;

/**
 * {@code spark.plugins=io.drex.spark.DrexPlugin}: opens each executor's engine when the executor
 * starts. Optional: without it the first task opens the engine.
 */
public final class DrexPlugin implements SparkPlugin {
  private static final String PREFIX = "spark.drex.";

  @Override
  public DriverPlugin driverPlugin() {
    return new Settings();
  }

  @Override
  public ExecutorPlugin executorPlugin() {
    return ExecutorLife.create();
  }

  /** Sends the driver's settings to the executors, and does nothing else. */
  private static final class Settings implements DriverPlugin {
    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      Map<String, String> entries = new HashMap<>();
      for (Tuple2<String, String> entry : spark.conf().getAll()) {
        if (entry._1().startsWith(PREFIX)) {
          entries.put(entry._1(), entry._2());
        }
      }
      return entries;
    }
  }
}
