package io.drex.spark.engine;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.sim.NoopBackend;
import io.drex.model.LoadedModel;

/** The no-op device, with something that happens when a call has a certain token at its place. */
final class PoisonBackend implements DeviceBackend {
  private final NoopBackend noop = new NoopBackend();
  private final int token;
  private final int position;
  private final Runnable effect;

  /**
   * @param token of the prompts that are poison
   * @param position where they have it, and others do not
   * @param effect what happens then, on the engine's thread
   */
  PoisonBackend(int token, int position, Runnable effect) {
    this.token = token;
    this.position = position;
    this.effect = effect;
  }

  @Override
  public String name() {
    return noop.name();
  }

  @Override
  public Availability probe() {
    return noop.probe();
  }

  @Override
  public String implementation() {
    return noop.implementation();
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    DeviceModel inner = noop.open(model, options);
    return new DeviceModel() {
      @Override
      public void runSegment(int segment, RowBatch rows, HeadReadings out) {
        for (int row = 0; row < rows.rows; row++) {
          if (rows.token[row] == token && rows.position[row] == position) {
            effect.run();
          }
        }
        inner.runSegment(segment, rows, out);
      }

      @Override
      public void fillKv(int exitSegment, RowBatch rows) {
        inner.fillKv(exitSegment, rows);
      }

      @Override
      public long memoryBytes() {
        return inner.memoryBytes();
      }

      @Override
      public void close() {
        inner.close();
      }
    };
  }
}
