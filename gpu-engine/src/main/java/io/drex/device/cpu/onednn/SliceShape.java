package io.drex.device.cpu.onednn;

/**
 * What oneDNN compiles a multiplication for.
 *
 * @param inputs of a row, which rows of activations are as long as
 * @param outputs of the slice
 */
record SliceShape(int inputs, int outputs) {
  @Override
  public String toString() {
    return inputs + " × " + outputs;
  }
}
