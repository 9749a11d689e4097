package io.drex.engine;

import io.drex.device.Availability;
import io.drex.device.DeviceBackend;
import io.drex.device.DeviceModel;
import io.drex.device.DeviceOptions;
import io.drex.device.HeadReadings;
import io.drex.device.RowBatch;
import io.drex.device.sim.NoopBackend;
import io.drex.model.LoadedModel;
import java.util.concurrent.atomic.AtomicInteger;

/** The no-op device, with something done before each call: fail, wait, or count. */
final class InterceptedBackend implements DeviceBackend {

  /** On the engine thread. */
  interface Interceptor {
    void before(Verb verb, int ordinal);
  }

  enum Verb {
    RUN_SEGMENT,
    FILL_KV
  }

  private final NoopBackend noop = new NoopBackend();
  private final Interceptor interceptor;
  private final AtomicInteger closed = new AtomicInteger();

  InterceptedBackend(Interceptor interceptor) {
    this.interceptor = interceptor;
  }

  /** Models closed so far. */
  int closed() {
    return closed.get();
  }

  @Override
  public String name() {
    return "intercepted";
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
      private int calls;

      @Override
      public void runSegment(int segment, RowBatch rows, HeadReadings out) {
        interceptor.before(Verb.RUN_SEGMENT, calls++);
        inner.runSegment(segment, rows, out);
      }

      @Override
      public void fillKv(int exitSegment, RowBatch rows) {
        interceptor.before(Verb.FILL_KV, calls++);
        inner.fillKv(exitSegment, rows);
      }

      @Override
      public long memoryBytes() {
        return inner.memoryBytes();
      }

      @Override
      public void close() {
        closed.incrementAndGet();
        inner.close();
      }
    };
  }
}
