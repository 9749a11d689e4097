package io.drex.device.cpu.kernel;

import io.drex.model.Tensor;
import io.drex.model.TensorReader;

/**
 * Weights rounded to 8 bits, each output by a scale of its own: weight = q · scale, where the
 * scale's 127 is the output's largest magnitude. Immutable, like all packed weights.
 */
final class Int8Matrix extends PackedMatrix {
  /** Largest magnitude of a rounded weight; −128 is not used, so that negation loses nothing. */
  private static final int MOST = 127;

  /** As {@link PackedMatrix#PAD}, in bytes. */
  private static final int PAD_BYTES = PAD * Float.BYTES;

  /** A vector of fewer than 8 bytes is read as 8. */
  private static final int TAIL = Long.BYTES;

  /** [stream][input][output within the stream], from {@link #PAD_BYTES} on, and {@link #TAIL} */
  final byte[] data;

  /** [output], padded with zeros to whole groups */
  final float[] scale;

  private Int8Matrix(int inputs, int outputs) {
    super(inputs, outputs);
    data = new byte[PAD_BYTES + groupsFor(outputs) * inputs * GROUP + TAIL];
    scale = new float[groupsFor(outputs) * GROUP];
  }

  /**
   * Rounds and packs matrices of equal width, one below the other.
   *
   * @param tensors each [outputs][inputs]
   * @throws IllegalArgumentException if the packed matrix would not fit in one array
   */
  static Int8Matrix round(Tensor... tensors) {
    int inputs = Math.toIntExact(tensors[0].shape().get(1));
    int outputs = outputsThatFit(PAD_BYTES + TAIL, 1, tensors);
    Int8Matrix matrix = new Int8Matrix(inputs, outputs);
    float[] row = new float[inputs];
    int output = 0;
    for (Tensor tensor : tensors) {
      int rows = Math.toIntExact(tensor.shape().get(0));
      for (int i = 0; i < rows; i++) {
        TensorReader.readRow(tensor, i, row);
        matrix.put(output++, row);
      }
    }
    return matrix;
  }

  /**
   * Rounds to the nearest, and of two equally near ones to the even one. An output with a weight
   * that is not finite gets a scale that is not, so that its results are not finite either.
   */
  private void put(int output, float[] row) {
    float largest = 0;
    for (float weight : row) {
      largest = Math.max(largest, Math.abs(weight));
    }
    float step = largest / MOST;
    scale[output] = step;
    int at = at(output);
    for (int k = 0; k < row.length; k++) {
      long q = Math.round(Math.rint((double) row[k] / step)); // not a number: 0
      data[at + k * STREAM] = (byte) Math.max(-MOST, Math.min(MOST, q));
    }
  }

  /** Where an output's first weight is; its others follow {@link #STREAM} apart. */
  int at(int output) {
    return PAD_BYTES + offset(output, inputs);
  }

  @Override
  public void copyOutput(int output, float[] to, int at) {
    int from = at(output);
    for (int k = 0; k < inputs; k++) {
      to[at + k] = data[from + k * STREAM] * scale[output];
    }
  }

  @Override
  public long bytes() {
    return data.length + (long) scale.length * Float.BYTES;
  }
}
