package io.drex.spark.engine;

import io.drex.engine.EngineException;
import io.drex.spark.conf.DrexConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engines of this process, one for each configuration of model and engine. Opened by the plugin
 * when the executor starts, or by the first task that needs one. An engine that was lost, or failed
 * to start, is forgotten: who asks next gets a new one. Any thread may use it.
 */
public final class EngineHolder {
  private static final Logger LOG = LoggerFactory.getLogger(EngineHolder.class);

  /** Arrow memory of all tasks together. */
  private static final long TASK_MEMORY_BYTES = 512L << 20;

  /** The product's only static state. */
  private static final EngineHolder PROCESS = new EngineHolder(OpenEngine::open);

  private final Opener opener;
  private final BufferAllocator memory = new RootAllocator(TASK_MEMORY_BYTES);
  private final Map<Key, CompletableFuture<OpenEngine>> engines = new HashMap<>(); // by this

  /** Opens an engine; may take minutes. */
  interface Opener {
    OpenEngine open(DrexConfig config, ExecutorHost host);
  }

  /**
   * The entries that an engine depends on; runs that differ in others share it.
   *
   * @param entries of the groups model and engine
   */
  private record Key(Map<String, String> entries) {
    static Key of(DrexConfig config) {
      Map<String, String> entries = new TreeMap<>(config.entries());
      entries
          .keySet()
          .removeIf(
              key -> !key.startsWith("spark.drex.model.") && !key.startsWith("spark.drex.engine."));
      return new Key(entries);
    }
  }

  EngineHolder(Opener opener) {
    this.opener = opener;
  }

  /** This process's holder. */
  public static EngineHolder process() {
    return PROCESS;
  }

  /**
   * The engine of a configuration, which opens on a thread of its own if there is none.
   *
   * @return completes exceptionally with an {@link EngineException} if it cannot start
   */
  public synchronized CompletableFuture<OpenEngine> open(DrexConfig config, ExecutorHost host) {
    Key key = Key.of(config);
    CompletableFuture<OpenEngine> known = engines.get(key);
    if (known != null && isUsable(known)) {
      return known;
    }
    CompletableFuture<OpenEngine> opening = new CompletableFuture<>();
    engines.put(key, opening);
    Thread thread = new Thread(() -> open(config, host, opening), "drex-engine-open");
    thread.setDaemon(true);
    thread.start();
    return opening;
  }

  /** The engine of a configuration if it is open. */
  public synchronized Optional<OpenEngine> opened(DrexConfig config) {
    CompletableFuture<OpenEngine> known = engines.get(Key.of(config));
    return known == null || !known.isDone() || known.isCompletedExceptionally()
        ? Optional.empty()
        : Optional.of(known.join());
  }

  /** The memory that tasks' batches come from; each task takes a bounded child and closes it. */
  public BufferAllocator memory() {
    return memory;
  }

  /** Closes all engines, those that are still opening once they are open. */
  public void closeEngines() {
    List<CompletableFuture<OpenEngine>> all;
    synchronized (this) {
      all = List.copyOf(engines.values());
      engines.clear();
    }
    for (CompletableFuture<OpenEngine> engine : all) {
      engine.thenAccept(EngineHolder::closeQuietly);
    }
  }

  private static boolean isUsable(CompletableFuture<OpenEngine> engine) {
    return !engine.isDone() || (!engine.isCompletedExceptionally() && engine.join().isServing());
  }

  private void open(DrexConfig config, ExecutorHost host, CompletableFuture<OpenEngine> opening) {
    try {
      opening.complete(opener.open(config, host));
    } catch (Throwable e) { // whoever waits must hear of it, a missing native library included
      opening.completeExceptionally(
          e instanceof EngineException
              ? e
              : new EngineException(
                  "the engine of executor " + host.executorId() + " cannot start: " + e, e));
    }
  }

  /** Every engine's shutdown is tried, whatever happened to the others. */
  private static void closeQuietly(OpenEngine engine) {
    try {
      engine.close();
    } catch (RuntimeException e) {
      LOG.warn("An engine could not be closed; its memory is freed when the process ends", e);
    }
  }
}
