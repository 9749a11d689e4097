package io.drex.device.cuda;

import io.drex.device.DeviceException;
import io.drex.device.DeviceOutOfMemoryException;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.util.ArrayDeque;
import java.util.Deque;

/** Device and pinned memory of one model, counted, and given back together. */
final class DeviceMemory implements AutoCloseable {
  /** What to do where memory lacks. */
  static final String REMEDY = "lower slots, kvTokens or maxPrefillTokens";

  private final CudaDriver driver;
  private final Deque<Long> device = new ArrayDeque<>(); // addresses, newest first
  private final Deque<PinnedMemory> pinned = new ArrayDeque<>(); // newest first
  private final Deque<Runnable> users = new ArrayDeque<>(); // how they end, newest first
  private long bytes;

  DeviceMemory(CudaDriver driver) {
    this.driver = driver;
  }

  /** Whose memory it is. */
  CudaDriver driver() {
    return driver;
  }

  /**
   * Takes device memory until the model is closed.
   *
   * @param name what it is for, to follow "memory for"
   * @return its address; 0 for no bytes
   * @throws DeviceOutOfMemoryException if the device lacks it
   */
  long allocate(String name, long count) {
    if (count == 0) {
      return 0;
    }
    try {
      long address = driver.allocate(count);
      device.push(address);
      bytes += count;
      return address;
    } catch (DeviceOutOfMemoryException e) {
      throw new DeviceOutOfMemoryException(
          "the GPU lacks memory for "
              + name
              + ": "
              + mebibytes(count)
              + " asked, "
              + use()
              + "; "
              + REMEDY,
          e);
    }
  }

  /** Who has the device's memory now, for messages. */
  String use() {
    return "%s held by this model, %s free of %s"
        .formatted(
            mebibytes(bytes), mebibytes(driver.freeBytes()), mebibytes(driver.gpu().totalBytes()));
  }

  /** Takes pinned memory of the host until the model is closed. */
  PinnedMemory pin(long count) {
    PinnedMemory memory = driver.allocatePinned(count);
    pinned.push(memory);
    return memory;
  }

  /**
   * Ends a user of this memory before the memory is given back.
   *
   * @param end never throws
   */
  void endFirst(Runnable end) {
    users.push(end);
  }

  /** Bytes of device memory held. */
  long bytes() {
    return bytes;
  }

  private static String mebibytes(long count) {
    return (count >> 20) + " MiB";
  }

  /** Gives everything back; what a lost device does not take back goes with its context. */
  @Override
  public void close() {
    while (!users.isEmpty()) {
      users.pop().run();
    }
    try {
      while (!pinned.isEmpty()) {
        driver.free(pinned.pop());
      }
      while (!device.isEmpty()) {
        driver.free(device.pop());
      }
    } catch (DeviceException e) {
      pinned.clear();
      device.clear();
    }
  }
}
