package io.drex.engine;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
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
      @Nullable FlushTuning tuning) {
    this.scheduler = scheduler;
    this.device = device;
    this.inFlight = inFlight;
    this.board = board;
    this.tuning = tuning;
    readings = new HeadReadings(scheduler.rows().headRow.length);
  }

  /**
   * Runs one step; the sequences of a failed call start again or fail.
   *
   * @return false if there was nothing to do
   * @throws DeviceLostException if the device cannot be used any more
   */
  boolean step() {
    if (!scheduler.plan()) {
      return false;
    }
    int segment = scheduler.segment();
    int decodeRows = scheduler.decodeRows();
    RowBatch rows = scheduler.rows();
    if (!runs(() -> device.runSegment(segment, rows, readings), decodeRows, rows.rows)) {
      scheduler.restartCall();
      return true;
    }
    scheduler.took(callNanos);
    scheduler.apply(readings);
    if (tuning != null) {
      tuning.called(callNanos);
      board.exitGain(tuning.exitGain());
    }
    RowBatch exited = scheduler.exited();
    if (exited.rows > 0 && !runs(() -> device.fillKv(segment, exited), exited.rows, exited.rows)) {
      scheduler.restartExited();
    }
    return true;
  }

  private boolean runs(Runnable call, int decodeRows, int rows) {
    long start = device.nanos();
    try {
      call.run();
      return true;
    } catch (DeviceLostException e) {
      throw e;
    } catch (DeviceException e) {
      LOG.warn(
          "A device call at segment {} failed; its rows start again: {}",
          scheduler.segment(),
          e.getMessage());
      inFlight.deviceFault(String.valueOf(e.getMessage()));
      return false;
    } finally {
      callNanos = device.nanos() - start;
      board.addCall(callNanos, decodeRows, rows);
    }
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
