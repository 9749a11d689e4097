package io.drex.device.cuda;

/** A linear layer over the rows of a call: its launches, prepared. */
interface Linear {

  /**
   * Runs the layer.
   *
   * @param rows that grids are for, at least as many as there are
   */
  void run(int rows);
}
