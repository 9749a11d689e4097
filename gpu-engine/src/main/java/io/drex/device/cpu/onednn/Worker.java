package io.drex.device.cpu.onednn;

import java.nio.FloatBuffer;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** What one worker multiplies with; used by one thread at a time. */
final class Worker implements AutoCloseable {
  /** In [0, workers). */
  final int index;

  private final stream queue;
  final dnnl_stream handle;

  /** Where a multiplication puts its outputs, [row][outputs of the slice]. */
  final BytePointer target;

  final FloatBuffer outputs;
  private final NativeMemory targetMemory;
  private @Nullable Thread thread;
  private short[] rounded = new short[0];

  Worker(engine cpu, int index) {
    this.index = index;
    queue = new stream(cpu);
    handle = queue.get();
    targetMemory = NativeMemory.zeros((long) RowSizes.MOST * OneDnnMatrix.SLICE * Float.BYTES);
    target = targetMemory.at(0);
    outputs = targetMemory.floats();
  }

  /** Makes the current thread one that oneDNN stays on. */
  void bind() {
    Thread current = Thread.currentThread();
    if (thread != current) {
      OpenMp.useOneThread();
      thread = current;
    }
  }

  /** Makes {@link #rounded} hold this many values; before the workers start. */
  void reserve(int values) {
    if (rounded.length < values) {
      rounded = new short[values];
    }
  }

  /** Scratch for rounded activations. */
  short[] rounded() {
    return rounded;
  }

  @Override
  public void close() {
    handle.close();
    queue.close();
    targetMemory.close();
  }
}
