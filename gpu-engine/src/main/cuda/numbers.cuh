// Arithmetic that must come out the same in every kernel, on a GPU and in tests.
#pragma once
#include "platform.cuh"

__device__ float to_f32(bf16 x) { return __bfloat162float(x); }
__device__ bf16 to_bf16(float x) { return __float2bfloat16_rn(x); }

// Two values rounded to bf16, the first in the low half.
#ifdef DREX_EMU
__device__ unsigned pack_bf16(float low, float high) {
  return to_bf16(low).bits | (unsigned)to_bf16(high).bits << 16;
}
#else
__device__ __forceinline__ unsigned pack_bf16(float low, float high) {
  __nv_bfloat162 pair = __floats2bfloat162_rn(low, high);
  return *(const unsigned*)&pair;
}
#endif

__device__ int round_up(int x, int to) { return (x + to - 1) / to * to; }

// e^x within 2 ulp: Cody-Waite reduction and Cephes' polynomial, as io.drex.device.cpu.kernel.Exp.
// Arguments are clamped to where the result is a normal float; not-a-number stays so.
__device__ float exp_f32(float argument) {
  float x = argument < -87.f ? -87.f : argument > 88.f ? 88.f : argument;
  const float round = 12582912.f;  // 1.5 * 2^23: adding it rounds to an integer in the low bits
  float shifted = __fmaf_rn(x, 1.442695f, round);
  float n = __fadd_rn(shifted, -round);
  float r = __fmaf_rn(n, -0.693359375f, x);
  r = __fmaf_rn(n, 2.12194440e-4f, r);
  float p = __fmaf_rn(1.9875691500e-4f, r, 1.3981999507e-3f);
  p = __fmaf_rn(p, r, 8.3334519073e-3f);
  p = __fmaf_rn(p, r, 4.1665795894e-2f);
  p = __fmaf_rn(p, r, 1.6666665459e-1f);
  p = __fmaf_rn(p, r, 0.5f);
  p = __fadd_rn(__fmaf_rn(p, __fmul_rn(r, r), r), 1.f);
  return __fmul_rn(p, __uint_as_float((__float_as_uint(shifted) << 23) + 0x3F800000u));
}

// What a row of d elements whose squares add up to `squares` is multiplied by.
__device__ float norm_scale(float squares, int d, float eps) {
  return __fdiv_rn(1.f, __fsqrt_rn(__fadd_rn(__fdiv_rn(squares, (float)d), eps)));
}

constexpr int kWarp = 32;
constexpr unsigned kAllLanes = 0xffffffffu;

// The sum over a warp, in all lanes; its order is fixed.
__device__ float warp_sum(float x) {
#pragma unroll
  for (int bits = kWarp / 2; bits > 0; bits /= 2) {
    x = __fadd_rn(x, __shfl_xor_sync(kAllLanes, x, bits));
  }
  return x;
}

__device__ float warp_max(float x) {
#pragma unroll
  for (int bits = kWarp / 2; bits > 0; bits /= 2) {
    x = fmaxf(x, __shfl_xor_sync(kAllLanes, x, bits));
  }
  return x;
}

// One step of adding up 2 · Count values over lanes, where lanes that differ in `bits` share them out:
// afterwards each has Count sums, the upper half if its own bit is set.
template <int Count, int N>
__device__ void share_sums(float (&values)[N], int bits) {
  bool is_upper = threadIdx.x & bits;
#pragma unroll
  for (int i = 0; i < Count; i++) {
    float sent = is_upper ? values[i] : values[i + Count];
    float kept = is_upper ? values[i + Count] : values[i];
    values[i] = __fadd_rn(kept, __shfl_xor_sync(kAllLanes, sent, bits));
  }
}

// The sum over a block of at most 1024 threads, in all of them; its order is fixed by the block's
// size. `partial` has an element for each warp.
__device__ float block_sum(float x, float* partial) {
  x = warp_sum(x);
  if (threadIdx.x % kWarp == 0) {
    partial[threadIdx.x / kWarp] = x;
  }
  __syncthreads();
  float sum = 0;
  for (unsigned warp = 0; warp < blockDim.x / kWarp; warp++) {
    sum = __fadd_rn(sum, partial[warp]);
  }
  __syncthreads();
  return sum;
}
