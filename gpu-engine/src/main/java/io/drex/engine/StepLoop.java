package io.drex.engine;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.schedule.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plan, run, apply, learn. Engine thread only. */
final class StepLoop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepLoop.class);

  private final Scheduler scheduler;
  private final DeviceModel device;
  private final InFlight inFlight;
  private final SnapshotBoard board;
  private final EngineClock clock;
  private final HeadReadings readings;
  private final @Nullable FlushTuning tuning;
  private long callNanos; // of the latest call

  /**
   * @param device closed with this
   * @param tuning closed with this; null where flush thresholds are fixed
   */
  StepLoop(
      Scheduler scheduler,
      DeviceModel device,
      InFlight inFlight,
      SnapshotBoard board,
      EngineClock clock,
      @Nullable FlushTuning tuning) {
    this.scheduler = scheduler;
    this.device = device;
    this.inFlight = inFlight;
    this.board = board;
    this.clock = clock;
    this.tuning = tuning;
    readings = new HeadReadings(scheduler.rows().headRow.length);
  }

  /**
   * Runs one step; the sequences of a failed call start again or fail.
   *
   * @return false if there was nothing to do
   * @throws DeviceLostException if the device cannot be used any more
   * @throws CallGivenUpException as a {@link WatchedDevice} does
   */
  boolean step() {
    scheduler.now(clock.nanos());
    if (!scheduler.plan()) {
      return false;
    }
    int segment = scheduler.segment();
    int decodeRows = scheduler.decodeRows();
    RowBatch rows = scheduler.rows();
    switch (run(() -> device.runSegment(segment, rows, readings), decodeRows, rows.rows)) {
      case DONE -> {
        scheduler.took(callNanos);
        scheduler.apply(readings);
        learn();
        fillExited(segment);
      }
      case FAILED -> scheduler.restartCall();
      case OUT_OF_MEMORY -> {
        scheduler.retryCallSmaller();
        warnOfMemory(rows.rows);
      }
    }
    return true;
  }

  private void learn() {
    if (tuning != null) {
      tuning.called(callNanos, clock.nanos());
      board.planned(tuning.exitGain(), tuning.thresholds());
    }
  }

  private void fillExited(int segment) {
    RowBatch exited = scheduler.exited();
    int rows = exited.rows;
    if (rows > 0) {
      switch (run(() -> device.fillKv(segment, exited), rows, rows)) {
        case DONE -> {
          // The next call may read what was filled.
        }
        case FAILED -> scheduler.restartExited();
        case OUT_OF_MEMORY -> {
          scheduler.retryExitedSmaller();
          warnOfMemory(rows);
        }
      }
    }
  }

  private Result run(Runnable call, int decodeRows, int rows) {
    long start = device.nanos();
    DeviceException failure = failureOf(call);
    callNanos = device.nanos() - start;
    board.addCall(callNanos, decodeRows, rows);
    if (failure == null) {
      return Result.DONE;
    }
    inFlight.deviceFault(String.valueOf(failure.getMessage()));
    if (failure instanceof DeviceOutOfMemoryException) {
      return Result.OUT_OF_MEMORY;
    }
    LOG.warn(
        "A device call at segment {} failed; its rows start again: {}",
        scheduler.segment(),
        failure.getMessage());
    return Result.FAILED;
  }

  private @Nullable DeviceException failureOf(Runnable call) {
    try {
      call.run();
      return null;
    } catch (DeviceLostException e) {
      throw e;
    } catch (DeviceException e) {
      return e;
    }
  }

  private void warnOfMemory(int failedRows) {
    LOG.warn(
        "A device call of {} rows ran out of memory; its rows run again, and calls have at most {}"
            + " rows for the next thousands of calls. Lower slots, maxPrefillTokens or kvTokens, or leave the device"
            + " more memory",
        failedRows,
        scheduler.mostRows());
  }

  private enum Result {
    DONE,
    FAILED,
    OUT_OF_MEMORY
  }

  @Override
  public void close() {
    try (device) {
      if (tuning != null) {
        tuning.close();
      }
    }
  }
}
