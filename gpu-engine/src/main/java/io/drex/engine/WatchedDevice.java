package io.drex.engine;

import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.model.LoadedModel;

/**
 * A device whose opening and calls a {@link Watchdog} gives up that take too long, whoever makes
 * them: measuring or serving. All of them may throw a {@link CallGivenUpException} then. Closing is
 * not watched. Engine thread only.
 */
final class WatchedDevice implements DeviceModel {
  /** What a slow disk or network reads; opening a device may read all weights. */
  private static final long SLOW_BYTES_PER_MILLI = 50_000;

  private static final long NANOS_PER_MILLI = 1_000_000;

  private final DeviceModel device;
  private final Watchdog watchdog;

  private WatchedDevice(DeviceModel device, Watchdog watchdog) {
    this.device = device;
    this.watchdog = watchdog;
  }

  /**
   * Opens a model on a device within the watchdog's limit and the time that a slow disk takes to
   * read the weights. A device that comes after it was given up is closed.
   */
  static DeviceModel open(
      DeviceBackend backend, LoadedModel model, DeviceOptions options, Watchdog watchdog) {
    long readingNanos = model.weightBytes() / SLOW_BYTES_PER_MILLI * NANOS_PER_MILLI;
    watchdog.begin("opening the device", System.nanoTime(), readingNanos);
    DeviceModel device;
    try {
      device = backend.open(model, options);
    } catch (RuntimeException | Error e) {
      watchdog.end();
      throw e;
    }
    try {
      watchdog.end();
    } catch (CallGivenUpException e) { // nobody else knows of the device
      try (device) {
        throw e;
      }
    }
    return new WatchedDevice(device, watchdog);
  }

  @Override
  public void runSegment(int segment, RowBatch rows, HeadReadings out) {
    watchdog.watch(() -> device.runSegment(segment, rows, out));
  }

  @Override
  public void fillKv(int exitSegment, RowBatch rows) {
    watchdog.watch(() -> device.fillKv(exitSegment, rows));
  }

  @Override
  public long nanos() {
    return device.nanos();
  }

  @Override
  public long memoryBytes() {
    return device.memoryBytes();
  }

  @Override
  public void close() {
    device.close();
  }
}
