package io.drex.device.cpu.kernel;

/** Rows of activations, [row][stride]; the first columns of each row are in use. */
public class Panel {
  final float[] data;
  final int stride;

  /**
   * @throws IllegalArgumentException if it would not fit in one array
   */
  protected Panel(int rows, int stride) {
    long elements = (long) rows * stride;
    if (elements > PackedMatrix.MAX_ELEMENTS) {
      throw new IllegalArgumentException(
          rows + " rows of " + stride + " floats do not fit in one array");
    }
    this.data = new float[(int) elements];
    this.stride = stride;
  }

  /**
   * @throws IllegalArgumentException if it would not fit in one array
   */
  public static Panel allocate(int rows, int stride) {
    return new Panel(rows, stride);
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
