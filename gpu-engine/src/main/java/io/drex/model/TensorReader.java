package io.drex.model;

import java.nio.ByteBuffer;

/** Reads weights as floats; bf16 widens without loss. */
public final class TensorReader {
  private TensorReader() {}

  /** All elements of a vector. */
  public static float[] readVector(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.elements())];
    readRow(tensor, 0, values);
    return values;
  }

  /** Row {@code row} of a matrix whose rows have the length of {@code to}. */
  public static void readRow(Tensor tensor, int row, float[] to) {
    ByteBuffer data = tensor.data();
    int bytes = tensor.dtype().bytes();
    int at = Math.toIntExact((long) row * to.length * bytes);
    switch (tensor.dtype()) {
      case F32 -> {
        for (int i = 0; i < to.length; i++) {
          to[i] = data.getFloat(at + i * bytes);
        }
      }
      case BF16 -> {
        for (int i = 0; i < to.length; i++) {
          to[i] = Float.intBitsToFloat(data.getShort(at + i * bytes) << 16);
        }
      }
    }
  }
}
