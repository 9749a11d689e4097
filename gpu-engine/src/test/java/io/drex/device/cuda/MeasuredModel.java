package io.drex.device.cuda;

import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.cuda.driver.Cuda;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.model.LoadedModel;

/**
 * A model on a GPU whose own time for a call can be told; its KV cache starts with random cells.
 */
public final class MeasuredModel implements AutoCloseable {
  private final RecordedDriver recorded;
  private final DeviceModel model;

  private MeasuredModel(RecordedDriver recorded, DeviceModel model) {
    this.recorded = recorded;
    this.model = model;
  }

  /**
   * Opens a model on the first GPU.
   *
   * @param device whose arithmetic it takes, such as {@code cuda}
   */
  public static MeasuredModel open(String device, LoadedModel model, DeviceOptions options) {
    RecordedDriver recorded = new RecordedDriver(Cuda.open(""));
    return new MeasuredModel(
        recorded, CudaBackend.named(device).open(model, options, recorded.driver()));
  }

  /** Device memory that nobody holds before a model is opened. */
  public static long freeBytes() {
    try (CudaDriver driver = Cuda.open("")) {
      return driver.freeBytes();
    }
  }

  /** The model, closed with this. */
  public DeviceModel model() {
    return model;
  }

  /** Notes what calls copy and launch. */
  public void note(Runnable calls) {
    recorded.note(calls);
  }

  /** Nanoseconds that the device takes for what was noted, mean of so many times. */
  public double deviceNanos(int times) {
    return recorded.replayNanos(times);
  }

  @Override
  public void close() {
    model.close();
  }
}
