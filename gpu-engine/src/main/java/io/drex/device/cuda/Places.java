package io.drex.device.cuda;

import io.drex.model.ModelSpec;

/**
 * Addresses that all layers' kernels share.
 *
 * @param step the call's rows
 * @param hidden float, [slot][hidden]
 * @param normed bf16, [row][padded hidden]
 * @param qkv float, [row][queries, keys, values]
 * @param attended bf16, [row][padded heads × headDim]
 * @param gated bf16, [row][padded intermediate]
 * @param cos of RoPE, float, [position][headDim / 2]
 * @param sin likewise
 * @param tablePositions entries of a token table
 */
record Places(
    ModelSpec spec,
    StepArgs step,
    KvPools cache,
    long hidden,
    long normed,
    long qkv,
    long attended,
    long gated,
    long cos,
    long sin,
    int tablePositions) {

  /** The same for other calls. */
  Places with(StepArgs other) {
    return new Places(
        spec, other, cache, hidden, normed, qkv, attended, gated, cos, sin, tablePositions);
  }

  /** Elements per row of {@link #qkv}. */
  int qkvStride() {
    return qkvStride(spec);
  }

  static int qkvStride(ModelSpec spec) {
    return Matrix.padded((spec.heads() + 2 * spec.kvHeads()) * spec.headDim());
  }
}
