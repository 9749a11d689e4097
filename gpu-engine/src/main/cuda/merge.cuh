// Softmax over chunks of positions.
#pragma once
#include "numbers.cuh"

// The merge of chunks, in their order: {max, Σ exp(score − max)} of those so far, and by how much a
// next one changes what was summed up with respect to the old max.
struct Merge {
  float max, sum;
  float mine, theirs;  // factors of what was merged before, and of the chunk merged last

  __device__ static Merge none() { return {-INFINITY, 0, 0, 0}; }

  __device__ void add(float2 chunk) {
    float top = fmaxf(max, chunk.x);
    mine = exp_f32(__fadd_rn(max, -top));
    theirs = exp_f32(__fadd_rn(chunk.x, -top));
    sum = __fadd_rn(__fmul_rn(sum, mine), __fmul_rn(chunk.y, theirs));
    max = top;
  }

  __device__ float merged(float value, float ofChunk) const {
    return __fadd_rn(__fmul_rn(value, mine), __fmul_rn(ofChunk, theirs));
  }
};
