package io.drex.device.cpu.onednn;

import io.drex.device.cpu.kernel.Panel;

/** Activations with a copy in bf16, which oneDNN reads. */
final class Bf16Panel extends Panel {
  final Bf16Rows copy;

  /**
   * @param width columns that the copy holds
   * @throws IllegalArgumentException if either would not fit in one array or buffer
   */
  Bf16Panel(int rows, int width, int stride) {
    super(rows, stride);
    copy = Bf16Rows.allocate(rows, width);
  }

  @Override
  public long bytes() {
    return super.bytes() + copy.bytes();
  }
}
