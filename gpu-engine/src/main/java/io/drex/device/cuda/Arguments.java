package io.drex.device.cuda;

import io.drex.device.cuda.driver.PinnedMemory;

/**
 * Lists of kernel arguments. They lie in pinned memory, filled before the first launch, since the
 * driver takes them by address at each launch: nothing is marshalled then.
 */
final class Arguments {
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int MAX_ARGUMENTS = 24;

  private final DeviceMemory memory;
  private PinnedMemory block;
  private int at; // first free byte of the block

  Arguments(DeviceMemory memory) {
    this.memory = memory;
    block = memory.pin(BLOCK_BYTES);
  }

  /** Starts a list; it must be ended before the next one is started. */
  List list() {
    if (at + 2 * MAX_ARGUMENTS * Long.BYTES > BLOCK_BYTES) {
      block = memory.pin(BLOCK_BYTES);
      at = 0;
    }
    return new List(block, at);
  }

  /** One list: values of eight bytes each, then their addresses. */
  final class List {
    private final PinnedMemory in;
    private final int from;
    private int count;

    private List(PinnedMemory in, int from) {
      this.in = in;
      this.from = from;
    }

    /** An address of device memory, or 0; or any other number of 64 bits. */
    List add(long value) {
      set(count++, value);
      return this;
    }

    List add(int value) {
      set(count++, value);
      return this;
    }

    List add(float value) {
      return add(Float.floatToRawIntBits(value));
    }

    /** Changes a 64-bit argument for the launches to come. */
    void set(int index, long value) {
      in.bytes().putLong(from + index * Long.BYTES, value);
    }

    /** Changes a 32-bit argument for the launches to come. */
    void set(int index, int value) {
      in.bytes().putInt(from + index * Long.BYTES, value);
    }

    /** Ends the list. Returns the address of the array of its values' addresses. */
    long end() {
      if (count > MAX_ARGUMENTS) {
        throw new IllegalStateException(count + " arguments, more than " + MAX_ARGUMENTS);
      }
      int array = from + count * Long.BYTES;
      for (int i = 0; i < count; i++) {
        long address = in.hostAddress() + from + (long) i * Long.BYTES;
        in.bytes().putLong(array + i * Long.BYTES, address);
      }
      at = array + count * Long.BYTES;
      return in.hostAddress() + array;
    }
  }
}
