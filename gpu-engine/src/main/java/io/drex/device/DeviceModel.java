package io.drex.device;

/**
 * A model resident on a device. Sizes, ramps and KV fill are fixed when it is opened. Used by one
 * thread only. Weights, K, V and hidden states never leave the device and never move.
 */
public interface DeviceModel extends AutoCloseable {

  /**
   * Runs one segment's layers over rows, in place on their hidden-state slots; segment 0 embeds the
   * rows' tokens first. K and V of all rows are written to the cells that the tables name at the
   * rows' positions before any row attends. For each head row the head after this segment (the
   * ramp's, or the LM head after the last) fills {@code out}. A row's results do not depend on the
   * other rows, unless the backend is {@link DeviceBackend#isScheduleDependent schedule dependent}.
   *
   * @throws DeviceException if the call failed but the device still works
   * @throws DeviceOutOfMemoryException if a call of fewer rows may go through
   * @throws DeviceLostException if the device cannot be used any more
   */
  void runSegment(int segment, RowBatch rows, HeadReadings out);

  /**
   * Makes K and V at the rows' positions readable by all layers after {@code exitSegment}, as the
   * rows' tables now say: aliases under {@link KvFill#MAP}, cells to be written under {@link
   * KvFill#COPY} and {@link KvFill#PROPAGATE}. The rows' hidden states are as that segment left
   * them. Under {@link KvFill#RECOMPUTE} nothing is filled: the rows come again, in calls of {@link
   * #runSegment} for each deeper segment, and until then their hidden-state slots are left alone.
   *
   * @throws DeviceException if the call failed but the device still works
   * @throws DeviceOutOfMemoryException if a call of fewer rows may go through
   * @throws DeviceLostException if the device cannot be used any more
   */
  void fillKv(int exitSegment, RowBatch rows);

  /**
   * Nanoseconds on the clock by which the device's calls take their time; its zero is arbitrary.
   * Any thread may ask, also while the device is in a call and after it was closed.
   */
  default long nanos() {
    return System.nanoTime();
  }

  /** Bytes of device memory held for weights, KV cache and hidden states. */
  long memoryBytes();

  @Override
  void close();
}
