package io.drex.engine;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceModel;
import io.drex.device.HeadReadings;
import io.drex.schedule.Scheduler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Plan, run, apply. Engine thread only. */
final class StepLoop {
  private static final Logger LOG = LoggerFactory.getLogger(StepLoop.class);

  private final Scheduler scheduler;
  private final DeviceModel device;
  private final InFlight inFlight;
  private final SnapshotBoard board;
  private final HeadReadings readings;

  StepLoop(Scheduler scheduler, DeviceModel device, InFlight inFlight, SnapshotBoard board) {
    this.scheduler = scheduler;
    this.device = device;
    this.inFlight = inFlight;
    this.board = board;
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
    if (!runs(() -> device.runSegment(segment, scheduler.rows(), readings))) {
      scheduler.restartCall();
      return true;
    }
    scheduler.apply(readings);
    if (scheduler.exited().rows > 0 && !runs(() -> device.fillKv(segment, scheduler.exited()))) {
      scheduler.restartExited();
    }
    return true;
  }

  private boolean runs(Runnable call) {
    long start = System.nanoTime();
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
      board.addBusyNanos(System.nanoTime() - start);
    }
  }
}
