package io.drex.spark.engine;

import com.codahale.metrics.MetricRegistry;
import io.drex.engine.EngineException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.Map;
import java.util.function.IntConsumer;
import org.apache.spark.ExceptionFailure;
import org.apache.spark.TaskFailedReason;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The executor's half of the plugin: opens the engine while the executor starts, and ends an
 * executor whose engine cannot start or was lost, because a half-alive one would take tasks and
 * fail them all. In local mode the JVM is the user's and goes on; there the tasks fail.
 */
public final class ExecutorLife implements ExecutorPlugin {
  /** The exit code by which logs tell that the engine was the reason. */
  public static final int ENGINE_EXIT_CODE = 71;

  private static final Logger LOG = LoggerFactory.getLogger(ExecutorLife.class);

  private final EngineHolder holder;
  private final IntConsumer exit;
  private boolean isLocal;
  private @Nullable GaugeReports reports;

  /** An executor that exits for real. */
  public static ExecutorLife create() {
    return new ExecutorLife(EngineHolder.process(), System::exit);
  }

  ExecutorLife(EngineHolder holder, IntConsumer exit) {
    this.holder = holder;
    this.exit = exit;
  }

  @Override
  public void init(PluginContext context, Map<String, String> driverEntries) {
    ExecutorHost host = ExecutorHost.of(context.executorID(), context.conf(), context.resources());
    start(DrexConfig.of(driverEntries), host, context.metricRegistry());
    reports = GaugeReports.start(context.executorID(), context.metricRegistry(), context::send);
  }

  void start(DrexConfig config, ExecutorHost host, MetricRegistry metrics) {
    isLocal = host.isLocal();
    if (config.optional(ConfigKeys.MODEL).isEmpty()) {
      LOG.info("No model is configured; an engine opens when a task needs one");
      return;
    }
    EngineGauges.register(metrics, () -> holder.opened(config));
    config
        .optional(ConfigKeys.OUTPUT)
        .ifPresent(output -> StoreGauges.register(metrics, output, host.hadoop()));
    holder
        .open(config, host)
        .whenComplete(
            (engine, failure) -> {
              if (failure != null) {
                engineFailed(failure);
              }
            });
  }

  @Override
  public void onTaskFailed(TaskFailedReason reason) {
    if (reason instanceof ExceptionFailure failure) {
      Throwable cause = failure.exception().getOrElse(() -> null);
      EngineException engine = find(cause);
      if (engine != null) {
        engineFailed(engine);
      }
    }
  }

  @Override
  public void shutdown() {
    if (reports != null) {
      reports.close();
    }
    holder.closeEngines();
  }

  private void engineFailed(Throwable failure) {
    if (isLocal) {
      LOG.error("The engine failed; tasks fail until one can be opened", failure);
    } else {
      LOG.error(
          "The engine failed; this executor exits with code {} so that Spark replaces it",
          ENGINE_EXIT_CODE,
          failure);
      exit.accept(ENGINE_EXIT_CODE);
    }
  }

  private static @Nullable EngineException find(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof EngineException engine) {
        return engine;
      }
    }
    return null;
  }
}
