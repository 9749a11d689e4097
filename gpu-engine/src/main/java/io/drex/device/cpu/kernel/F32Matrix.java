package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;
import io.drex.model.TensorReader;

/** Float weights. */
final class F32Matrix extends PackedMatrix {
  /** [stream][input][output within the stream], from {@link #PAD} on */
  final float[] data;

  private F32Matrix(int inputs, int outputs, float[] data) {
    super(inputs, outputs);
    this.data = data;
  }

  static F32Matrix pack(int inputs, int outputs, Tensor... tensors) {
    F32Matrix matrix =
        new F32Matrix(inputs, outputs, new float[PAD + groupsFor(outputs) * inputs * GROUP]);
    float[] row = new float[inputs];
    int output = 0;
    for (Tensor tensor : tensors) {
      int rows = Math.toIntExact(tensor.shape().get(0));
      for (int i = 0; i < rows; i++) {
        TensorReader.readRow(tensor, i, row);
        int at = matrix.at(output++);
        for (int k = 0; k < inputs; k++) {
          matrix.data[at + k * STREAM] = row[k];
        }
      }
    }
    return matrix;
  }

  /** Where an output's first weight is; its others follow {@link #STREAM} apart. */
  int at(int output) {
    return PAD + offset(output, inputs);
  }

  /** How far an output is from the same one of the next stream. */
  int distance() {
    return inputs * STREAM;
  }

  @Override
  public void copyOutput(int output, float[] to, int at) {
    int from = at(output);
    for (int k = 0; k < inputs; k++) {
      to[at + k] = data[from + k * STREAM];
    }
  }

  @Override
  public long bytes() {
    return (long) data.length * Float.BYTES;
  }
}
