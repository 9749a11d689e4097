package io.drex.device.cuda;

import io.drex.device.DeviceLostException;
import io.drex.device.HeadReadings;
import io.drex.device.cuda.driver.CudaDriver;
import io.drex.device.cuda.driver.PinnedMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What heads say of their rows, in memory of the host that the device writes: {@code [head] {float
 * confidence, int32 token, float logProb, int32 call}}. The host polls for the call's number, which
 * comes last; it asks the driver only now and then, whether all is well.
 */
final class Readings {
  private static final int BYTES = 4 * Integer.BYTES; // of a head
  private static final int TOKEN = Integer.BYTES;
  private static final int LOG_PROB = 2 * Integer.BYTES;
  private static final int CALL = 3 * Integer.BYTES;
  private static final int LOOKS_PER_QUESTION = 256;
  private static final VarHandle INTS =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

  private final CudaDriver driver;
  private final PinnedMemory memory;

  /**
   * @param heads most of a call
   */
  Readings(CudaDriver driver, DeviceMemory memory, int heads) {
    this.driver = driver;
    this.memory = memory.pin((long) heads * BYTES);
    for (int head = 0; head < heads; head++) {
      this.memory.bytes().putInt(head * BYTES + CALL, 0); // of no call
    }
  }

  /** Where kernels see them. */
  long deviceAddress() {
    return memory.deviceAddress();
  }

  /**
   * Waits until the device has read some heads in a call.
   *
   * @throws DeviceLostException if it never will
   */
  void await(int heads, int call) {
    int looks = 0;
    for (int head = 0; head < heads; head++) {
      while (!isOf(head, call)) {
        Thread.onSpinWait();
        if (++looks % LOOKS_PER_QUESTION == 0 && driver.isDone() && !isOf(head, call)) {
          throw new DeviceLostException(
              "the GPU is done with a call, but head row " + head + " has no reading");
        }
      }
    }
  }

  private boolean isOf(int head, int call) {
    return (int) INTS.getAcquire(memory.bytes(), head * BYTES + CALL) == call;
  }

  /**
   * Takes what was read.
   *
   * @param to first of {@code heads} places of {@code out}
   */
  void copy(int heads, HeadReadings out, int to) {
    for (int head = 0; head < heads; head++) {
      int at = head * BYTES;
      out.confidence[to + head] = memory.bytes().getFloat(at);
      out.token[to + head] = memory.bytes().getInt(at + TOKEN);
      out.logProb[to + head] = memory.bytes().getFloat(at + LOG_PROB);
    }
  }
}
