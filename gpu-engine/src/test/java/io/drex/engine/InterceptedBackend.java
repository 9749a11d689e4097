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

/** A device, the no-op one by default, with something done around each call: fail, wait, count. */
final class InterceptedBackend implements DeviceBackend {

  /** On the engine thread. */
  interface Interceptor {
    void before(Verb verb, int ordinal);

    /** The same, told how many rows the call has. */
    default void before(Verb verb, int ordinal, int rows) {
      before(verb, ordinal);
    }

    /** Before the model is put on the device. */
    default void opening() {}

    /** After the device has done its work. */
    default void after(Verb verb, int ordinal) {}
  }

  enum Verb {
    RUN_SEGMENT,
    FILL_KV
  }

  private final DeviceBackend backend;
  private final Interceptor interceptor;
  private final AtomicInteger closed = new AtomicInteger();

  InterceptedBackend(Interceptor interceptor) {
    this(new NoopBackend(), interceptor);
  }

  InterceptedBackend(DeviceBackend backend, Interceptor interceptor) {
    this.backend = backend;
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
    return backend.probe();
  }

  @Override
  public String implementation() {
    return backend.implementation();
  }

  @Override
  public DeviceModel open(LoadedModel model, DeviceOptions options) {
    interceptor.opening();
    DeviceModel inner = backend.open(model, options);
    return new DeviceModel() {
      private int calls;

      @Override
      public void runSegment(int segment, RowBatch rows, HeadReadings out) {
        int ordinal = calls++;
        interceptor.before(Verb.RUN_SEGMENT, ordinal, rows.rows);
        inner.runSegment(segment, rows, out);
        interceptor.after(Verb.RUN_SEGMENT, ordinal);
      }

      @Override
      public void fillKv(int exitSegment, RowBatch rows) {
        int ordinal = calls++;
        interceptor.before(Verb.FILL_KV, ordinal, rows.rows);
        inner.fillKv(exitSegment, rows);
        interceptor.after(Verb.FILL_KV, ordinal);
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
