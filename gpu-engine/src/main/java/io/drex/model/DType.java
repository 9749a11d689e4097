package io.drex.model;

/** Element types of weights that the engine reads. */
public enum DType {
  BF16(2),
  F32(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }
}
