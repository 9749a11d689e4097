package io.drex.device.cpu.kernel;

/** Rows of activations, [row][stride]; the first columns of each row are in use. */
public final class Panel {
  final float[] data;
  final int stride;

  private Panel(float[] data, int stride) {
    this.data = data;
    this.stride = stride;
  }

  /**
   * @throws IllegalArgumentException if it would not fit in one array
   */
  public static Panel allocate(int rows, int stride) {
    long elements = (long) rows * stride;
    if (elements > PackedMatrix.MAX_ELEMENTS) {
      throw new IllegalArgumentException(
          rows + " rows of " + stride + " floats do not fit in one array");
    }
    return new Panel(new float[(int) elements], stride);
  }

  /** All rows, one after the other. */
  public float[] data() {
    return data;
  }

  /** Where a row starts in {@link #data}. */
  public int at(int row) {
    return row * stride;
  }

  public long bytes() {
    return (long) data.length * Float.BYTES;
  }
}
