package io.drex.engine;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.sim.Trace;
import io.drex.model.LoadedModel;
import io.drex.model.ModelSpec;
import io.drex.model.RampSpec;
import io.drex.policy.ExitPolicy;
import io.drex.policy.Presets;
import io.drex.schedule.Scheduler;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A long-lived engine: one model on one device, shared by all sessions of the process. All methods
 * may be called from any thread.
 */
public final class DrexEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DrexEngine.class);

  private final ModelSpec spec; // cut at the active ramps
  private final EngineSizes sizes;
  private final String implementation;
  private final EngineClock clock = new EngineClock();
  private final Mailbox mailbox;
  private final EngineThread thread;
  private final SnapshotBoard board;
  private final AtomicInteger sessions = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private volatile boolean closed;

  private DrexEngine(LoadedModel model, EngineOptions options, DeviceBackend backend) {
    ExitPolicy policy = Presets.exitPolicy(options.policy());
    spec = model.spec().withRamps(policy.activeRamps(model.spec().ramps()));
    sizes = EngineSizes.of(spec, model.spec().fullDepthMetric(), policy, options);
    implementation = backend.implementation();
    mailbox = new Mailbox(options.mailboxTokens());
    Scheduler scheduler =
        new Scheduler(sizes.limits(), spec, model.stopTokens(), policy, sizes.flush());
    InFlight inFlight = new InFlight(scheduler, mailbox, spec.ramps().size() + 1);
    long kvBytes = EngineSizes.kvBytesPerTokenLayer(model);
    board = new SnapshotBoard(newEngineId(), kvBytes, scheduler, inFlight);
    thread =
        new EngineThread(
            watchdog -> open(model, options, backend, scheduler, inFlight, watchdog),
            scheduler,
            mailbox,
            inFlight,
            board,
            Duration.ofSeconds(options.watchdogSeconds()));
  }

  private StepLoop open(
      LoadedModel model,
      EngineOptions options,
      DeviceBackend backend,
      Scheduler scheduler,
      InFlight inFlight,
      Watchdog watchdog) {
    DeviceModel device =
        WatchedDevice.open(backend, model.withSpec(spec), sizes.device(), watchdog);
    try {
      FlushTuning tuning = FlushTuning.measured(device, scheduler, sizes, options, implementation);
      clock.follow(device::nanos); // after measuring, which took its time too
      return new StepLoop(scheduler, device, inFlight, board, clock, tuning);
    } catch (RuntimeException | Error e) { // nobody else knows of the device yet
      try (device) {
        throw e;
      }
    }
  }

  /**
   * Opens a model on the device that the options name, and starts the engine thread.
   *
   * @throws IllegalArgumentException if the options name an unknown device or policy
   * @throws EngineException if the device cannot run here, or cannot hold what the options ask for
   */
  public static DrexEngine open(LoadedModel model, EngineOptions options) {
    DeviceBackend backend = Backends.select(options.device());
    Backends.warnOfFallback(options.device());
    return open(model, options, backend);
  }

  /**
   * Opens a model as {@link #open(LoadedModel, EngineOptions)} does, with what its heads say
   * replaced by a trace.
   *
   * @throws EngineException also if the trace is of another number of ramps
   */
  public static DrexEngine open(LoadedModel model, EngineOptions options, Trace trace) {
    DeviceBackend backend = Backends.replaying(Backends.select(options.device()), trace);
    Backends.warnOfFallback(options.device());
    return open(model, options, backend);
  }

  /**
   * Opens a model on a device of any kind, whatever the options name.
   *
   * @throws EngineException if the device cannot hold what the options ask for
   */
  public static DrexEngine open(LoadedModel model, EngineOptions options, DeviceBackend backend) {
    DrexEngine engine = new DrexEngine(model, options, backend);
    engine.thread.start();
    LOG.info(
        "DREX engine {}: model {}, device {} ({}), policy {} with {} active ramps, {} slots,"
            + " KV cache of {} bytes",
        version(),
        model.contentHash(),
        backend.name(),
        engine.implementation,
        options.policy(),
        engine.spec.ramps().size(),
        options.slots(),
        engine.sizes.kvBytes(model.withSpec(engine.spec)));
    return engine;
  }

  /**
   * Opens a session for one task.
   *
   * @throws EngineException if the engine was lost or closed
   */
  public EngineSession openSession(String name) {
    requireServing();
    return new EngineSession(this, name, sessions.getAndIncrement());
  }

  /** What device and kernels run, for logs and the fingerprint. */
  public String implementation() {
    return implementation;
  }

  /** Longest sequence, prompt and generated tokens together. */
  public int maxSequenceTokens() {
    return sizes.limits().maxSequenceTokens();
  }

  /**
   * Layers run by the tokens that {@link ExitStats#exitsByRamp} counts: each active ramp's depth,
   * then the full depth. [ramps + 1]
   */
  public int[] exitDepths() {
    IntStream ramps = spec.ramps().stream().mapToInt(RampSpec::depth);
    return IntStream.concat(ramps, IntStream.of(spec.layers())).toArray();
  }

  /** Why the engine was lost; null while it serves, and after {@link #close}. */
  public @Nullable EngineException lost() {
    return thread.lost();
  }

  /** Counters since open; any thread may ask. */
  public EngineSnapshot snapshot() {
    return board.latest().plusRefused(refused.get());
  }

  /** Fails what is pending, stops the engine thread and frees the device. */
  @Override
  public void close() {
    closed = true;
    thread.stop();
  }

  /** By which requests are timed. */
  EngineClock clock() {
    return clock;
  }

  /** Completes a request that can never run with its error; false if it can run. */
  boolean refuses(PendingCompletion pending) {
    int segments = spec.ramps().size() + 1;
    int tokens = pending.promptTokens().length;
    if (tokens == 0) {
      pending.fail(ErrorCode.EMPTY_PROMPT, "the prompt has no tokens", segments);
    } else if (tokens >= maxSequenceTokens()) {
      String message =
          "the prompt has %d tokens; with one new token the limit is %d"
              .formatted(tokens, maxSequenceTokens());
      pending.fail(ErrorCode.PROMPT_TOO_LONG, message, segments);
    } else if (!isLegal(pending.sampling().exitThreshold())) {
      pending.fail(ErrorCode.BAD_OPTION, illegal(pending.sampling().exitThreshold()), segments);
    } else {
      requireVocabulary(pending.promptTokens());
      return false;
    }
    refused.incrementAndGet();
    return true;
  }

  private boolean isLegal(float exitThreshold) {
    return Float.isNaN(exitThreshold)
        || exitThreshold == RampSpec.OFF
        || spec.ramps().stream().allMatch(ramp -> ramp.metric().isLegal(exitThreshold));
  }

  private String illegal(float exitThreshold) {
    String ranges =
        spec.ramps().stream()
            .map(ramp -> ramp.metric().text() + ": " + ramp.metric().range())
            .distinct()
            .collect(Collectors.joining("; "));
    return "an exit threshold of " + exitThreshold + " is not legal for all ramps (" + ranges + ")";
  }

  /** Waits for room in the mailbox. */
  boolean reserve(PendingCompletion pending, long timeoutMillis) throws InterruptedException {
    return mailbox.reserve(pending.promptTokens().length, timeoutMillis);
  }

  /** Gives the room back. */
  void unreserve(PendingCompletion pending) {
    mailbox.release(pending.promptTokens().length);
  }

  /** Hands over a request that has its room. */
  void submit(PendingCompletion pending) {
    if (!mailbox.put(new Mailbox.Command.Submit(pending))) {
      unreserve(pending);
      throw notServing();
    }
  }

  /** Cancels what a session has in flight, and waits until the engine has let go of it. */
  void cancel(EngineSession session) {
    CountDownLatch acknowledged = new CountDownLatch(1);
    if (mailbox.put(new Mailbox.Command.Cancel(session, acknowledged))) {
      Waiting.uninterruptibly(acknowledged::await);
    } else {
      thread.awaitEverythingCompleted();
    }
  }

  /**
   * @throws EngineException if the engine was lost or closed
   */
  void requireServing() {
    if (closed || thread.lost() != null) {
      throw notServing();
    }
  }

  private EngineException notServing() {
    EngineException lost = thread.lost();
    return lost == null
        ? new EngineException("the engine is closed; open a new one")
        : new EngineException(String.valueOf(lost.getMessage()), lost);
  }

  private void requireVocabulary(int[] tokens) {
    for (int position = 0; position < tokens.length; position++) {
      if (tokens[position] < 0 || tokens[position] >= spec.vocabSize()) {
        throw new IllegalArgumentException(
            ("the prompt's token at position %d is not in the model's vocabulary of %d;"
                    + " is the tokenizer the model's own?")
                .formatted(position, spec.vocabSize()));
      }
    }
  }

  private static String version() {
    String version = DrexEngine.class.getPackage().getImplementationVersion();
    return version == null ? "(development build)" : version;
  }

  private static String newEngineId() {
    String process = ManagementFactory.getRuntimeMXBean().getName(); // pid@host
    return process + "-" + UUID.randomUUID().toString().substring(0, 8);
  }
}
