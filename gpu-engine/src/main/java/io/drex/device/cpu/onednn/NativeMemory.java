package io.drex.device.cpu.onednn;

import io.drex.device.DeviceException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.bytedeco.javacpp.BytePointer;

/** Memory outside the heap that starts on a cache line, or on a large page. */
final class NativeMemory implements AutoCloseable {
  private static final int LINE = 64;

  private final BytePointer allocated;
  private final long start;
  private final long bytes;

  private NativeMemory(BytePointer allocated, long bytes, long alignment) {
    this.allocated = allocated;
    this.bytes = bytes;
    start = -allocated.address() & alignment - 1;
  }

  /**
   * Memory that holds anything.
   *
   * @throws DeviceException if there is no more
   */
  static NativeMemory allocate(long bytes) {
    return new NativeMemory(pointer(bytes + LINE), bytes, LINE);
  }

  /** Memory that holds anything, in large pages where it fills them and the system grants them. */
  static NativeMemory inHugePages(long bytes) {
    if (bytes < HugePages.BYTES) {
      return allocate(bytes);
    }
    BytePointer allocated = pointer(bytes + HugePages.BYTES);
    NativeMemory memory = new NativeMemory(allocated, bytes, HugePages.BYTES);
    HugePages.ask(allocated.address() + memory.start, bytes);
    return memory;
  }

  private static BytePointer pointer(long bytes) {
    try {
      return new BytePointer(bytes);
    } catch (OutOfMemoryError e) { // the heap has nothing to do with it
      throw new DeviceException(
          "there are no "
              + (bytes >> 20)
              + " MiB outside the heap for oneDNN: "
              + e.getMessage()
              + "; raise spark.executor.memoryOverhead or the container's limit, or run with"
              + " --device cpu:vector",
          e);
    }
  }

  /** Memory that holds zeros. */
  static NativeMemory zeros(long bytes) {
    NativeMemory memory = allocate(bytes);
    memory.allocated.zero();
    return memory;
  }

  /** A size rounded up to whole cache lines. */
  static long inLines(long bytes) {
    return (bytes + LINE - 1) / LINE * LINE;
  }

  /** Where a byte is; valid until this is closed. */
  BytePointer at(long offset) {
    return allocated.getPointer(start + offset);
  }

  ShortBuffer shorts(long offset, long count) {
    return view(offset, count * Short.BYTES).asShortBuffer();
  }

  FloatBuffer floats() {
    return view(0, bytes).asFloatBuffer();
  }

  private ByteBuffer view(long offset, long count) {
    return at(offset).capacity(count).asByteBuffer().order(ByteOrder.nativeOrder());
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    allocated.close();
  }
}
