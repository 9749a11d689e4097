// The matrix instruction: a warp multiplies a weight tile by 8 rows of activations.
#pragma once
#include "numbers.cuh"
#include "tiles.cuh"

// c[16 outputs][8 rows] += a[16 outputs][16 k] · b[16 k][8 rows], over the lanes of a warp. With
// group = lane / 4 and t = lane % 4, a lane holds:
//   a  its 16 bytes of a tile as tiles.cuh lays it out
//   b  k 4t .. 4t+3 of row `group`
//   c  outputs group (0, 1) and group + 8 (2, 3) of rows 2t (0, 2) and 2t + 1 (1, 3)
#ifdef DREX_EMU
__device__ void mma_tile(float (&c)[4], uint4 a, uint2 b) {
  struct Fragments {
    float a[8], b[4];
  };
  Fragments* warp = (Fragments*)emu_exchange();
  int lane = threadIdx.x % kWarp, group = lane / 4, t = lane % 4;
  const bf16 *weights = (const bf16*)&a, *inputs = (const bf16*)&b;
  for (int i = 0; i < 8; i++) {
    warp[lane].a[i] = to_f32(weights[i]);
  }
  for (int i = 0; i < 4; i++) {
    warp[lane].b[i] = to_f32(inputs[i]);
  }
  __syncwarp();
  for (int i = 0; i < 4; i++) {
    for (int quarter = 0; quarter < 4; quarter++) {
      const float* w = warp[group * 4 + quarter].a + i / 2 * 2;
      const float* x = warp[(2 * t + i % 2) * 4 + quarter].b;
      c[i] = fmaf(w[5], x[3], fmaf(w[4], x[2], fmaf(w[1], x[1], fmaf(w[0], x[0], c[i]))));
    }
  }
}
#else
__device__ __forceinline__ void mma_tile(float (&c)[4], uint4 a, uint2 b) {
  asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
      "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
      : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
      : "r"(a.x), "r"(a.y), "r"(a.z), "r"(a.w), "r"(b.x), "r"(b.y));
}
#endif

// Four 8 × 8 matrices of bf16 in shared memory, transposed: lane l has the address of row l % 8 of
// matrix l / 8. Returns, of each matrix, rows 2t and 2t + 1 of column `group`, the first in the low
// half.
#ifdef DREX_EMU
__device__ uint4 load_transposed(const uint4* row) {
  struct Row {
    const uint16_t* from;
  };
  Row* warp = (Row*)emu_exchange();
  int lane = threadIdx.x % kWarp, group = lane / 4, t = lane % 4;
  warp[lane].from = (const uint16_t*)row;
  __syncwarp();
  unsigned pairs[4];
  for (int m = 0; m < 4; m++) {
    const Row* first = warp + m * 8 + 2 * t;
    pairs[m] = first[0].from[group] | (unsigned)first[1].from[group] << 16;
  }
  return {pairs[0], pairs[1], pairs[2], pairs[3]};
}
#else
__device__ __forceinline__ uint4 load_transposed(const uint4* row) {
  uint4 v;
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
               : "r"((unsigned)__cvta_generic_to_shared(row))
               : "memory");
  return v;
}
#endif

// Weights are read once by a call: they pass the L1 cache by.
#ifdef DREX_EMU
__device__ uint4 load_weights(const uint4* p) { return *p; }
#else
__device__ __forceinline__ uint4 load_weights(const uint4* p) {
  uint4 v;
  asm("ld.global.nc.L1::no_allocate.v4.u32 {%0,%1,%2,%3}, [%4];"
      : "=r"(v.x), "=r"(v.y), "=r"(v.z), "=r"(v.w)
      : "l"(p));
  return v;
}
#endif
