package io.drex.engine;

import io.drex.cost.CostMeter;
import io.drex.cost.CostTableFile;
import io.drex.cost.SavedCosts;
import io.drex.device.DeviceModel;
import io.drex.policy.CostFit;
import io.drex.policy.CostTable;
import io.drex.policy.FlushPlan;
import io.drex.policy.FlushPolicy;
import io.drex.policy.FlushTable;
import io.drex.schedule.FlushControl;
import io.drex.schedule.Limits;
import io.drex.schedule.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns what the device's calls cost, by measuring before it serves and from every call since, and
 * has flush thresholds planned with it on a thread of its own. What it finds decides when work
 * runs, never what comes out. Engine thread only.
 */
final class FlushTuning implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FlushTuning.class);

  /** Exits that cost more than this share of the speed are worth a warning. */
  private static final double TOLERATED_LOSS = .02;

  /** Between two plans, in times that the first took: planning takes a core from the device. */
  private static final int PAUSE = 30;

  private static final long PAUSE_AFTER_FAILURE_NANOS = 1_000_000_000;

  /** A plan and how long it took. */
  private record TimedPlan(FlushPlan plan, long nanos) {}

  private final FlushControl control;
  private final ExecutorService planner = Executors.newSingleThreadExecutor(FlushTuning::thread);
  private final ThresholdHistory thresholds = new ThresholdHistory();
  private @Nullable Future<TimedPlan> pending;
  private long noPlanBefore = System.nanoTime();
  private double exitGain;
  private boolean warned;
  private boolean failed;

  /**
   * @param first the thresholds that hold until the first plan
   */
  FlushTuning(FlushControl control, FlushTable first) {
    this.control = control;
    thresholds.add(new FlushThresholds(0, first.withAllSlots()));
  }

  /**
   * Learns what the calls of a device cost that has not served yet: from the file that the options
   * name, or by measuring.
   *
   * @param name of the device, for the cost tables
   * @return null where flush thresholds are fixed, or there is no ramp to flush
   * @throws EngineException if the options' cost table cannot be read, written or used
   */
  static @Nullable FlushTuning measured(
      DeviceModel device,
      Scheduler scheduler,
      EngineSizes sizes,
      EngineOptions options,
      String name) {
    Limits limits = sizes.limits();
    if (limits.cache().segments() == 1 || !(sizes.flush() instanceof FlushPolicy.Planned planned)) {
      return null;
    }
    CostFit costs = costs(device, sizes, options, name);
    FlushControl control = new FlushControl(scheduler, planned, costs, limits);
    return new FlushTuning(control, planned.table());
  }

  private static CostFit costs(
      DeviceModel device, EngineSizes sizes, EngineOptions options, String name) {
    int segments = sizes.limits().cache().segments();
    Path file = Path.of(options.costTable());
    boolean hasFile = !options.costTable().isEmpty();
    try {
      if (hasFile && Files.exists(file)) {
        CostTable saved = CostTableFile.read(file);
        requireSegments(saved, segments, file);
        warnOfAnotherDevice(saved, name, file);
        return SavedCosts.fit(saved, sizes.device());
      }
      CostFit costs = new CostFit(name, segments);
      boolean isComplete = measure(costs, device, sizes, options.measureMillis());
      if (hasFile && isComplete && costs.isReady()) {
        CostTableFile.write(costs.snapshot().get(), file);
      } else if (hasFile) {
        LOG.warn(
            "The cost table {} was not written: {} ms are too short to measure calls of all sizes;"
                + " raise measureMillis",
            file,
            options.measureMillis());
      }
      return costs;
    } catch (IOException e) {
      throw new EngineException(
          "the cost table cannot be used: "
              + e.getMessage()
              + "; correct costTable or leave it out",
          e);
    }
  }

  /** Returns whether calls of all sizes were measured: what is kept is no guess. */
  private static boolean measure(
      CostFit costs, DeviceModel device, EngineSizes sizes, int budgetMillis) {
    if (budgetMillis == 0) {
      return false;
    }
    return new CostMeter(device, sizes.device(), device::nanos)
        .measure(costs, TimeUnit.MILLISECONDS.toNanos(budgetMillis));
  }

  /** It only makes plans worse until calls have told what this device takes. */
  private static void warnOfAnotherDevice(CostTable table, String name, Path file) {
    if (!table.name().equals(name)) {
      LOG.warn(
          "The cost table {} is of {}, but this device is {}; flushes are planned by it until"
              + " enough calls have been timed. Name another file in costTable, or remove this one"
              + " to have the device measured",
          file,
          table.name(),
          name);
    }
  }

  private static void requireSegments(CostTable table, int segments, Path file) {
    if (table.segments().size() != segments) {
      throw new EngineException(
          "the cost table "
              + file
              + " has "
              + table.segments().size()
              + " segments, but the model is cut into "
              + segments
              + "; name another file in costTable, or remove this one to have it measured");
    }
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "drex-planner");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Takes note of the scheduler's last call, and of a plan that is ready.
   *
   * @param nanos that the call took
   * @param nowNanos on the engine's clock
   */
  void called(long nanos, long nowNanos) {
    control.called(nanos / 1e3);
    if (pending != null && pending.isDone()) {
      adopt(pending, nowNanos);
      pending = null;
    }
    if (pending == null && System.nanoTime() - noPlanBefore >= 0 && control.isDue()) {
      FlushControl.Planning planning = control.planning();
      pending = planner.submit(() -> timed(planning));
    }
  }

  private static TimedPlan timed(FlushControl.Planning planning) {
    long start = System.nanoTime();
    FlushPlan plan = planning.plan();
    return new TimedPlan(plan, System.nanoTime() - start);
  }

  /** Forecast speed over that of {@code full_depth}; 0 while there is no plan. */
  double exitGain() {
    return exitGain;
  }

  /** Those that were planned so far; an immutable list. */
  List<FlushThresholds> thresholds() {
    return thresholds.view();
  }

  /** A plan that cannot be made costs speed at most: what was planned before goes on. */
  private void adopt(Future<TimedPlan> done, long nowNanos) {
    try {
      TimedPlan planned = done.get();
      control.adopt(planned.plan);
      exitGain = planned.plan.exitGain();
      long micros = TimeUnit.NANOSECONDS.toMicros(nowNanos);
      thresholds.add(new FlushThresholds(micros, planned.plan.table().withAllSlots()));
      noPlanBefore = System.nanoTime() + PAUSE * planned.nanos;
      warnIfExitsLose();
    } catch (ExecutionException e) {
      noPlanBefore = System.nanoTime() + PAUSE_AFTER_FAILURE_NANOS;
      warnOfNoPlan(e.getCause());
    } catch (InterruptedException e) { // not where the plan is done already
      Thread.currentThread().interrupt();
    }
  }

  private void warnOfNoPlan(@Nullable Throwable failure) {
    if (!failed) {
      failed = true;
      LOG.warn(
          "Flush thresholds cannot be planned; those of the last plan stay, or half of the slots"
              + " if there was none. Set flushRows to choose them, and report this",
          failure);
    }
  }

  private void warnIfExitsLose() {
    if (exitGain < 1 - TOLERATED_LOSS && !warned) {
      warned = true;
      LOG.warn(
          "Exits lose here: by the measured costs and exit rates this runs at {} of the speed of"
              + " policy full_depth; use full_depth, or lower the ramps' thresholds",
          String.format(Locale.ROOT, "%.2f", exitGain));
    }
  }

  @Override
  public void close() {
    planner.shutdownNow();
  }
}
