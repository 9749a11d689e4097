package io.drex.device.cuda;

/**
 * Addresses that all heads' kernels share; index space head is that of one block of head rows.
 *
 * @param hidden float, [slot][hidden]
 * @param inputs bf16, [head][padded hidden]
 * @param gated bf16, [head][padded MLP]; 0 where no head has one
 * @param lifted float, [head][hidden]; likewise
 * @param stats float, [head][part of the vocabulary][8]
 * @param logits float, [head][logitStride]; written where some head samples
 * @param logitStride elements per row of {@code logits}
 * @param cosine float, [head]; 0 where no head reports it
 * @param verdict float, [head][4]
 * @param readings [head] {float confidence, int32 token, float logProb, -}
 */
record HeadPlaces(
    long hidden,
    long inputs,
    long gated,
    long lifted,
    long stats,
    long logits,
    int logitStride,
    long cosine,
    long verdict,
    long readings) {}
