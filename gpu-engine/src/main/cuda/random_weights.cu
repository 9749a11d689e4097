// Random weights, made where they are used.
#include "numbers.cuh"
#include "repack.cuh"
#include "split_mix.cuh"

// Value `number` of a block of random weights, to the bits of io.drex.model.RandomBlock.
__device__ bf16 random_weight(unsigned long long seed, unsigned long long number, float widest) {
  int signed24 = (int)((long long)random_bits(seed, number) >> 40);
  float value = __fmul_rn((float)signed24 * 0x1p-23f, widest);
  return __ushort_as_bfloat16((unsigned short)(__float_as_uint(value) >> 16));
}

// Puts rows [rows][k] of a matrix into tiles as drex_repack_tiles does; they are the values of a
// block from number `start` on. Grid (ceil(k / 256), rows), block 256.
extern "C" __global__ void __launch_bounds__(256)
    drex_random_tiles(bf16* __restrict__ tiles, unsigned long long seed, unsigned long long start,
                      float widest, int rows, int k, int kTiles, int first, int interleaved) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  int row = blockIdx.y;
  if (column >= k || row >= rows) {
    return;
  }
  bf16 weight = random_weight(seed, start + (unsigned long long)row * k + column, widest);
  put_weight(tiles, kTiles, first, interleaved, row, column, weight);
}
DREX_KERNEL(drex_random_tiles)
