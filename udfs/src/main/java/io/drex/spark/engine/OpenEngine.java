package io.drex.spark.engine;

import io.drex.engine.DrexEngine;
import io.drex.engine.EngineException;
import io.drex.engine.EngineOptions;
import io.drex.engine.EngineSession;
import io.drex.engine.EngineSnapshot;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.spark.conf.ConfigException;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import io.drex.spark.model.ModelCache;
import io.drex.spark.model.StagedModel;
import io.drex.spark.trace.TraceFiles;
import io.drex.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An engine and what belongs to its model. Any thread may use it. */
public final class OpenEngine implements AutoCloseable {
  private static final int HASH_CHARS_IN_LABEL = 12;

  private final DrexEngine engine;
  private final Tokenizer tokenizer;
  private final ModelSpec spec;
  private final String modelHash;
  private final String modelLabel;
  private final Load load;
  private final long loadMillis;
  private final EngineTurns turns = new EngineTurns();
  private volatile boolean closed;

  private OpenEngine(
      DrexEngine engine, Tokenizer tokenizer, LoadedModel model, String name, Load load) {
    this.engine = engine;
    this.tokenizer = tokenizer;
    spec = model.spec(); // and not the model, whose weights the engine has packed
    modelHash = model.contentHash();
    modelLabel = name + "@" + modelHash.substring(0, HASH_CHARS_IN_LABEL);
    this.load = load;
    loadMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - load.startNanos());
  }

  /**
   * How it was opened.
   *
   * @param device by its name in the configuration
   */
  private record Load(String device, ExecutorHost host, long startNanos) {}

  /** Opens an engine for a loaded model. */
  interface Starter {
    DrexEngine start(LoadedModel model, DrexConfig config, ExecutorHost host) throws IOException;
  }

  /**
   * Stages and loads the configured model and opens an engine for it.
   *
   * @throws EngineException whatever the cause, saying where it happened
   */
  static OpenEngine open(DrexConfig config, ExecutorHost host) {
    return open(config, host, OpenEngine::start);
  }

  /** The same with an engine of another kind. */
  static OpenEngine open(DrexConfig config, ExecutorHost host, Starter starter) {
    Load load = new Load(config.value(ConfigKeys.DEVICE), host, System.nanoTime());
    try {
      StagedModel staged = ModelCache.of(config, host.hadoop()).stage(config);
      LoadedModel model = staged.load();
      Tokenizer tokenizer = Tokenizer.open(staged.folder());
      tokenizer.requireFits(model.spec());
      DrexEngine engine = starter.start(model, config, host);
      return new OpenEngine(engine, tokenizer, model, staged.name(), load);
    } catch (IOException | RuntimeException e) {
      throw new EngineException(
          "the engine of executor " + host.executorId() + " cannot start: " + e.getMessage(), e);
    }
  }

  private static DrexEngine start(LoadedModel model, DrexConfig config, ExecutorHost host)
      throws IOException {
    EngineOptions options =
        EngineSettings.options(config, host.cores())
            .withDevice(host.device(config.value(ConfigKeys.DEVICE)));
    Optional<String> trace = config.optional(ConfigKeys.TRACE);
    return trace.isPresent()
        ? DrexEngine.open(model, options, TraceFiles.read(trace.get(), host.hadoop()))
        : DrexEngine.open(model, options);
  }

  /**
   * Refuses to work for a run that was fingerprinted with other results in mind.
   *
   * @param expectedHash the driver's model hash
   * @param implementation the driver's device implementation
   */
  public void requireFingerprinted(String expectedHash, String implementation) {
    requireEqual("model hash", expectedHash, modelHash);
    requireEqual("device implementation", implementation, engine.implementation());
  }

  /**
   * Refuses a task that Spark gave a GPU which is not the engine's.
   *
   * @param task the executor as the task sees it
   */
  public void requireGpuOf(ExecutorHost task) {
    String device = load.host().device(load.device());
    if (!task.gpus().isEmpty() && !task.device(load.device()).equals(device)) {
      throw new ConfigException(
          "the engine of executor "
              + task.executorId()
              + " runs on "
              + device
              + ", but one of its tasks was given "
              + task.device(load.device())
              + "; set spark.executor.resource.gpu.amount=1, and start more executors");
    }
  }

  private void requireEqual(String what, String driver, String here) {
    if (!driver.equals(here)) {
      throw new ConfigException(
          "the driver fingerprinted the "
              + what
              + " "
              + driver
              + ", but executor "
              + load.host().executorId()
              + " has "
              + here
              + "; give all hosts the same model and kind of device, or name the --device");
    }
  }

  /** Whether it can take requests: it was neither lost nor closed. */
  boolean isServing() {
    return !closed && engine.lost() == null;
  }

  /** Whether it was lost, rather than closed. */
  public boolean isLost() {
    return engine.lost() != null;
  }

  /** By which tasks have rows in the engine together, or one of them alone. */
  public EngineTurns turns() {
    return turns;
  }

  /** Opens a task's session; see {@link DrexEngine#openSession}. */
  public EngineSession openSession(String name) {
    return engine.openSession(name);
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The model's decoder layers. */
  public int layers() {
    return spec.layers();
  }

  /** Longest prompt to which one token can still be added. */
  public int maxPromptTokens() {
    return engine.maxSequenceTokens() - 1;
  }

  /** The model's name and the start of its hash. */
  public String modelLabel() {
    return modelLabel;
  }

  /** The executor that the engine serves. */
  public ExecutorHost host() {
    return load.host();
  }

  /** Device and kernels. */
  public String implementation() {
    return engine.implementation();
  }

  /** From the start of staging until the engine was ready. */
  public long loadMillis() {
    return loadMillis;
  }

  /** Counters since the engine was opened. */
  public EngineSnapshot snapshot() {
    return engine.snapshot();
  }

  @Override
  public void close() {
    closed = true;
    engine.close();
  }
}
