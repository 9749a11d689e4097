// f32 operands of the matrix instruction, as sums of three bf16 each: three instructions for one.
#pragma once
#include "mma.cuh"

// Two values as three pairs of bf16 whose sums they are.
struct SplitPair {
  unsigned high, middle, low;

  __device__ static SplitPair of(float a, float b) {
    unsigned high = pack_bf16(a, b);
    float rest_a = less_first(a, high), rest_b = less_second(b, high);
    unsigned middle = pack_bf16(rest_a, rest_b);
    return {high, middle, pack_bf16(less_first(rest_a, middle), less_second(rest_b, middle))};
  }

 private:
  __device__ static float less_first(float x, unsigned pair) {
    return __fadd_rn(x, -__uint_as_float(pair << 16));
  }
  __device__ static float less_second(float x, unsigned pair) {
    return __fadd_rn(x, -__uint_as_float(pair & 0xffff0000u));
  }
};

// The same of the 8 values that a lane holds of an A tile, by its registers x, y, z, w.
struct SplitTile {
  uint4 high, middle, low;

  __device__ static SplitTile of(const float (&x)[2], const float (&y)[2], const float (&z)[2],
                                 const float (&w)[2]) {
    SplitPair a = SplitPair::of(x[0], x[1]), b = SplitPair::of(y[0], y[1]);
    SplitPair c = SplitPair::of(z[0], z[1]), d = SplitPair::of(w[0], w[1]);
    return {{a.high, b.high, c.high, d.high},
            {a.middle, b.middle, c.middle, d.middle},
            {a.low, b.low, c.low, d.low}};
  }

  __device__ void multiply(float (&c)[4], uint2 b) const {
    mma_tile(c, high, b);
    mma_tile(c, middle, b);
    mma_tile(c, low, b);
  }
};
