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

  /** Elements per row of {@link #attended}. */
  int attendedStride() {
    return Matrix.padded(spec.heads() * spec.headDim());
  }

  /** Query heads of a group that share each load of K and V. */
  int headsPerLoad() {
    int group = spec.heads() / spec.kvHeads();
    return group == 1 ? 1 : group <= 4 ? 4 : 8;
  }

  /**
   * Adds what all attention ends with: where a layer's K and V are, and the shape of its heads.
   *
   * @param tables address of the token tables of the layer's segment
   */
  Arguments.List addCache(Arguments.List list, int layer, long tables) {
    return list.add(tables)
        .add(tablePositions)
        .add(cache.bases)
        .add(cache.lastLayers)
        .add(layer)
        .add(spec.heads())
        .add(spec.kvHeads())
        .add(spec.headDim())
        .add((float) (1 / Math.sqrt(spec.headDim())));
  }

  static int qkvStride(ModelSpec spec) {
    return Matrix.padded((spec.heads() + 2 * spec.kvHeads()) * spec.headDim());
  }
}
