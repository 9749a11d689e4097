package io.drex.device.cuda;

/** Where the outputs of a part of a matrix go; the kernels know it by its ordinal. */
enum PartPlace {
  /** One after the other. */
  IN_ORDER,
  /** The first eight of each tile. */
  GATE,
  /** The last eight of each tile. */
  UP
}
