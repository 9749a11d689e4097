package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;
import io.drex.model.TensorReader;

/** Weights kept in bf16, two inputs in an int: the even input in the low half. */
final class Bf16Matrix extends PackedMatrix {
  /** Bits of an int that hold the odd input; they are its float bits as they stand. */
  static final int HIGH = 0xFFFF0000;

  /** [stream][input / 2][output within the stream], from {@link #PAD} on */
  final int[] data;

  private Bf16Matrix(int inputs, int outputs, int[] data) {
    super(inputs, outputs);
    this.data = data;
  }

  static Bf16Matrix pack(int inputs, int outputs, Tensor... tensors) {
    Bf16Matrix matrix = zeros(inputs, outputs);
    float[] row = new float[inputs];
    int output = 0;
    for (Tensor tensor : tensors) {
      int rows = Math.toIntExact(tensor.shape().get(0));
      for (int i = 0; i < rows; i++) {
        TensorReader.readRow(tensor, i, row);
        int at = matrix.at(output++);
        for (int k = 0; k < inputs; k++) {
          int bits = Float.floatToRawIntBits(row[k]);
          matrix.data[at + k / 2 * STREAM] |= (k & 1) == 0 ? bits >>> 16 : bits;
        }
      }
    }
    return matrix;
  }

  /** A matrix that is yet to be written. */
  static Bf16Matrix zeros(int inputs, int outputs) {
    int pairs = (inputs + 1) / 2;
    return new Bf16Matrix(inputs, outputs, new int[PAD + groupsFor(outputs) * pairs * GROUP]);
  }

  static float low(int pair) {
    return Float.intBitsToFloat(pair << 16);
  }

  static float high(int pair) {
    return Float.intBitsToFloat(pair & HIGH);
  }

  /** Where an output's first pair of inputs is; others follow {@link #STREAM} apart. */
  int at(int output) {
    return PAD + offset(output, (inputs + 1) / 2);
  }

  /** How far an output is from the same one of the next stream. */
  int distance() {
    return (inputs + 1) / 2 * STREAM;
  }

  @Override
  public void copyOutput(int output, float[] to, int at) {
    int from = at(output);
    for (int k = 0; k < inputs; k++) {
      int pair = data[from + k / 2 * STREAM];
      to[at + k] = (k & 1) == 0 ? low(pair) : high(pair);
    }
  }

  @Override
  public long bytes() {
    return (long) data.length * Integer.BYTES;
  }
}
