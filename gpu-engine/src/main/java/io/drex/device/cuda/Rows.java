package io.drex.device.cuda;

/** Whose states a kernel takes; the kernels know them by their ordinals. */
enum Rows {
  /** Of the call's rows, in the pool of hidden states. */
  ALL,
  /** Of its head rows, in the pool. */
  HEADS,
  /** Of its head rows, one after the other. */
  HEADS_IN_ORDER
}
