package io.drex.spark;

import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.ExecutorHost;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/**
 * Asks an executor what its engine computes with, for a driver that lacks the device itself. It
 * opens the engine, which the run needs anyway, and fails as {@link GenerateTask} does if that
 * cannot start.
 */
public final class ImplementationTask implements MapPartitionsFunction<Long, String> {
  private static final long serialVersionUID = 1;

  private final Map<String, String> entries;

  private ImplementationTask(DrexConfig config) {
    entries = Map.copyOf(config.entries());
  }

  /** The device and kernels of one executor; executors that have others refuse the run's tasks. */
  public static String ask(SparkSession spark, DrexConfig config) {
    return spark
        .range(0, 1, 1, 1)
        .mapPartitions(new ImplementationTask(config), Encoders.STRING())
        .first();
  }

  @Override
  public Iterator<String> call(Iterator<Long> one) throws InterruptedException {
    TaskContext context = TaskContext.get();
    DrexConfig config = DrexConfig.of(entries);
    String implementation =
        TaskEngine.await(EngineHolder.process(), config, ExecutorHost.of(context), context)
            .implementation();
    return List.of(implementation).iterator();
  }
}
