package io.drex.spark;

import io.drex.engine.EngineException;
import io.drex.engine.EngineSession;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.engine.EngineHolder;
import io.drex.spark.engine.EngineTurns;
import io.drex.spark.engine.ExecutorHost;
import io.drex.spark.engine.OpenEngine;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.spark.TaskContext;

/**
 * The engine that a task works with, and the task's session and turn in it. Where the JVM must not
 * be ended, one that was lost is replaced. The task's thread only.
 */
final class TaskEngine implements AutoCloseable {
  /** How long a kill may go unnoticed. */
  private static final long WAIT_MILLIS = 100;

  private final EngineHolder holder;
  private final GenerateSpec spec;
  private final ExecutorHost host;
  private final TaskContext context;
  private final String name;
  private OpenEngine engine;
  private EngineSession session;
  private EngineTurns.Turn turn;

  private TaskEngine(
      EngineHolder holder,
      GenerateSpec spec,
      ExecutorHost host,
      TaskContext context,
      OpenEngine engine) {
    this.holder = holder;
    this.spec = spec;
    this.host = host;
    this.context = context;
    name = TaskPlace.of(context).name();
    this.engine = engine;
    session = engine.openSession(name);
    turn = engine.turns().turn();
  }

  /**
   * Waits for the executor's engine.
   *
   * @throws EngineException if it cannot start
   */
  static TaskEngine open(
      EngineHolder holder, GenerateSpec spec, ExecutorHost host, TaskContext context)
      throws InterruptedException {
    return new TaskEngine(holder, spec, host, context, opened(holder, spec, host, context));
  }

  OpenEngine engine() {
    return engine;
  }

  EngineSession session() {
    return session;
  }

  EngineTurns.Turn turn() {
    return turn;
  }

  /** Whether a lost engine is replaced in this JVM, rather than with it. */
  boolean isReplaceable() {
    return host.isLocal();
  }

  /**
   * Takes a new engine in place of the lost one. The task has nothing in flight.
   *
   * @throws EngineException if none can start
   */
  void replace() throws InterruptedException {
    close();
    engine = opened(holder, spec, host, context);
    session = engine.openSession(name);
    turn = engine.turns().turn();
  }

  @Override
  public void close() {
    try (EngineTurns.Turn left = turn;
        EngineSession ended = session) {
      // Closed in reverse: others may go on once nothing of this task is in flight.
    }
  }

  private static OpenEngine opened(
      EngineHolder holder, GenerateSpec spec, ExecutorHost host, TaskContext context)
      throws InterruptedException {
    OpenEngine engine = await(holder, spec.config(), host, context);
    engine.requireFingerprinted(spec.modelHash(), spec.implementation());
    return engine;
  }

  /**
   * Waits for the executor's engine.
   *
   * @throws EngineException if it cannot start
   */
  static OpenEngine await(
      EngineHolder holder, DrexConfig config, ExecutorHost host, TaskContext context)
      throws InterruptedException {
    OpenEngine engine = await(holder.open(config, host), context);
    engine.requireGpuOf(host);
    return engine;
  }

  private static OpenEngine await(CompletableFuture<OpenEngine> opening, TaskContext context)
      throws InterruptedException {
    while (true) {
      try {
        return opening.get(WAIT_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        context.killTaskIfInterrupted();
      } catch (InterruptedException e) {
        context.killTaskIfInterrupted(); // Spark's own word for it, if it was Spark
        throw e;
      } catch (ExecutionException e) {
        Throwable cause = Objects.requireNonNull(e.getCause());
        throw new EngineException(String.valueOf(cause.getMessage()), cause);
      }
    }
  }
}
