package io.drex.device.cuda;

import com.sun.jna.Memory;

/** Memory of an {@link TestGpu} and its copy on the host. */
final class DeviceArray {
  private final TestGpu gpu;
  private final long address;
  private final Memory memory;

  DeviceArray(TestGpu gpu, long address, long bytes) {
    this.gpu = gpu;
    this.address = address;
    memory = new Memory(bytes);
  }

  long address() {
    return address;
  }

  /** The host's copy. */
  Memory memory() {
    return memory;
  }

  /** After the host's copy went to the device. */
  DeviceArray uploaded() {
    gpu.call("cuMemcpyHtoD_v2", address, memory, memory.size());
    return this;
  }

  /** The host's copy, brought up to date. */
  Memory downloaded() {
    gpu.call("cuMemcpyDtoH_v2", memory, address, memory.size());
    return memory;
  }

  float[] readFloats() {
    return downloaded().getFloatArray(0, (int) (memory.size() / Float.BYTES));
  }

  int[] readInts() {
    return downloaded().getIntArray(0, (int) (memory.size() / Integer.BYTES));
  }

  float[] readBf16() {
    short[] bits = downloaded().getShortArray(0, (int) (memory.size() / Short.BYTES));
    float[] values = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      values[i] = Bf16.value(bits[i]);
    }
    return values;
  }
}
