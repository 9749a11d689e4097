package io.drex.device.cpu.onednn;

/**
 * What oneDNN compiles a multiplication for.
 *
 * @param inputs of a row
 * @param stride from one row of activations to the next, at least {@code inputs}
 * @param outputs of the slice
 */
record SliceShape(int inputs, int stride, int outputs) {
  @Override
  public String toString() {
    return inputs + " × " + outputs;
  }
}
