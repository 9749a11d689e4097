// What the exit heads and the LM head need to know of a row of logits.
#pragma once
#include "numbers.cuh"

constexpr int kHeadOutputs = 128;  // tokens of a vocabulary tile
constexpr int kStatsWords = 8;     // of a vocabulary tile, in memory

// Of some of a row's tokens.
struct LogitStats {
  float max;      // largest logit
  float second;   // largest of the others; equal to max on a tie
  float sum;      // Σ exp(logit − max)
  float spreads;  // Σ exp(logit − max) · (max − logit)
  int token;      // lowest id whose logit is max
  int is_finite;  // 0 or 1; the others mean nothing where some logit is not

  __device__ static LogitStats none() { return {-INFINITY, -INFINITY, 0, 0, 0x7fffffff, 1}; }

  __device__ static LogitStats of(float logit, int token) {
    bool is_finite = fabsf(logit) <= 3.402823466e38f;
    return {logit, -INFINITY, 1, 0, token, is_finite};
  }

  // Extremes alone: the order does not matter.
  __device__ void add_extremes(const LogitStats& other) {
    bool is_larger = other.max > max || (other.max == max && other.token < token);
    second = fmaxf(fmaxf(second, other.second), fminf(max, other.max));
    token = is_larger ? other.token : token;
    max = fmaxf(max, other.max);
    is_finite &= other.is_finite;
  }

  // Those of the tokens of both.
  __device__ void add(const LogitStats& other) {
    float top = fmaxf(max, other.max);
    float mine = exp_f32(__fadd_rn(max, -top)), theirs = exp_f32(__fadd_rn(other.max, -top));
    float my_spreads = sum > 0 ? __fmaf_rn(__fadd_rn(top, -max), sum, spreads) : 0.f;
    float their_spreads = __fmaf_rn(__fadd_rn(top, -other.max), other.sum, other.spreads);
    spreads = __fadd_rn(__fmul_rn(my_spreads, mine), __fmul_rn(their_spreads, theirs));
    sum = __fadd_rn(__fmul_rn(sum, mine), __fmul_rn(other.sum, theirs));
    add_extremes(other);
  }

  __device__ void write(float* to) const {
    to[0] = max;
    to[1] = second;
    to[2] = sum;
    to[3] = spreads;
    to[4] = __int_as_float(token);
    to[5] = __int_as_float(is_finite);
  }

  __device__ static LogitStats read(const float* from) {
    return {from[0], from[1], from[2], from[3], __float_as_int(from[4]), __float_as_int(from[5])};
  }
};

// Extremes over a warp, in all lanes.
__device__ LogitStats warp_extremes(LogitStats mine) {
#pragma unroll
  for (int bits = kWarp / 2; bits > 0; bits /= 2) {
    LogitStats other = LogitStats::none();
    other.max = __shfl_xor_sync(kAllLanes, mine.max, bits);
    other.second = __shfl_xor_sync(kAllLanes, mine.second, bits);
    other.token = __shfl_xor_sync(kAllLanes, mine.token, bits);
    other.is_finite = __shfl_xor_sync(kAllLanes, mine.is_finite, bits);
    mine.add_extremes(other);
  }
  return mine;
}

// log x in double precision is slow on some GPUs, and once per head row.
__device__ float log_prob(float logit, float max, float sum) {
  return (float)((double)logit - max - log((double)sum));
}

// Tells the host, which polls a reading's last word, that the others are there.
__device__ void sign(float* reading, int call) {
  __threadfence_system();
  *(volatile int*)(reading + 3) = call;
}
