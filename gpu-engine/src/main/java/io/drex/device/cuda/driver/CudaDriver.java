package io.drex.device.cuda.driver;

import io.drex.device.DeviceException;
import io.drex.device.DeviceLostException;
import io.drex.device.DeviceOutOfMemoryException;

/**
 * One GPU as the backend uses it: a context of its own and one stream, in whose order everything
 * runs. Used by one thread, which opened it.
 *
 * <p>Every method throws {@link DeviceOutOfMemoryException} where memory lacks, and {@link
 * DeviceLostException} on any other error: after those it is unknown what the device still holds.
 * Errors of what runs on the device come up with a later call, {@link #finish} at the latest.
 */
public interface CudaDriver extends AutoCloseable {

  /** What the GPU is. */
  Gpu gpu();

  /** Multiprocessors of the GPU. */
  int multiprocessors();

  /** The stream's handle, for libraries that launch their own kernels on it. */
  long stream();

  /** Bytes of device memory that nobody holds. */
  long freeBytes();

  /**
   * Takes device memory. What it holds is undefined.
   *
   * @return its address, a multiple of 256
   */
  long allocate(long bytes);

  /** Gives device memory back. */
  void free(long address);

  /** Takes memory of the host that the device reads and writes, too. What it holds is undefined. */
  PinnedMemory allocatePinned(long bytes);

  /** Gives pinned memory back; its buffer must not be used after. */
  void free(PinnedMemory memory);

  /** Sets every byte of a range of device memory. */
  void fill(long address, byte value, long bytes);

  /**
   * A copy from the host to the device, to be made again and again.
   *
   * @param offset in the pinned memory
   */
  Upload prepareUpload(PinnedMemory from, long offset, long to, long bytes);

  /** Makes a copy. The pinned memory must stay as it is until {@link #finish}. */
  void upload(Upload upload);

  /** Makes a copy once. */
  default void upload(PinnedMemory from, long to, long bytes) {
    upload(prepareUpload(from, 0, to, bytes));
  }

  /**
   * Loads kernels.
   *
   * @param image PTX, or a binary for this GPU
   * @throws DeviceException if the driver refuses them; the message says what it said
   */
  Module load(byte[] image);

  /**
   * A kernel to be launched again and again.
   *
   * @param threads per block
   * @param arguments address in pinned memory of an array that holds, for each parameter of the
   *     kernel, the address of its value; read at every launch
   * @throws DeviceException if the module has no such kernel
   */
  Launch prepare(Module module, String kernel, int threads, long arguments);

  /** Launches a kernel on a grid of blocks. */
  void launch(Launch launch, int gridX, int gridY);

  /**
   * Records launches and copies instead of making them, to be made again and again with the
   * arguments that they have now. Kernels must have been launched before.
   *
   * @param launches neither wait for the device nor take its memory
   */
  Graph record(Runnable launches);

  /** Makes all launches and copies of a graph. */
  void launch(Graph graph);

  /** Gives a graph back. */
  void free(Graph graph);

  /** Whether all that was asked for is done; does not wait. */
  boolean isDone();

  /** Waits until all that was asked for is done. */
  void finish();

  /** Ends the context; all its memory is given back. Never throws. */
  @Override
  void close();

  /** Loaded kernels; made by the driver that uses them. */
  interface Module {}

  /** A prepared copy; made by the driver that uses it. */
  interface Upload {}

  /** A prepared launch; made by the driver that uses it. */
  interface Launch {}

  /** Recorded launches; made by the driver that uses them. */
  interface Graph {}

  /**
   * A GPU and its driver.
   *
   * @param name as NVIDIA sells it
   * @param computeCapability ten times major plus minor: 90 is 9.0
   * @param totalBytes of device memory
   * @param pciId domain, bus and device, such as {@code 0000:3b:00.0}
   * @param uuid as {@code nvidia-smi} prints it, with {@code GPU-} before it
   * @param driverVersion newest CUDA that the driver serves: 12040 is 12.4
   */
  record Gpu(
      String name,
      int computeCapability,
      long totalBytes,
      String pciId,
      String uuid,
      int driverVersion) {

    /** For logs and {@code doctor}. */
    public String description() {
      return "%s, compute capability %d.%d, %.1f GiB, at %s, driver for CUDA %d.%d"
          .formatted(
              name,
              computeCapability / 10,
              computeCapability % 10,
              totalBytes / (double) (1 << 30),
              pciId,
              driverVersion / 1000,
              driverVersion % 1000 / 10);
    }
  }
}
