// Weights, from rows as files hold them to tiles.
#include "numbers.cuh"
#include "repack.cuh"

// Puts rows [rows][k] of a matrix, bf16 or f32, into tiles as outputs [first, first + rows), or
// interleaved, see put_weight. f32 rounds to the nearest even. Padding is left alone. Grid
// (ceil(k / 256), rows), block 256.
extern "C" __global__ void __launch_bounds__(256)
    drex_repack_tiles(bf16* __restrict__ tiles, const void* __restrict__ source, int sourceIsF32,
                      int rows, int k, int kTiles, int first, int interleaved) {
  int column = blockIdx.x * blockDim.x + threadIdx.x;
  int row = blockIdx.y;
  if (column >= k || row >= rows) {
    return;
  }
  size_t at = (size_t)row * k + column;
  bf16 weight = sourceIsF32 ? to_bf16(((const float*)source)[at]) : ((const bf16*)source)[at];
  put_weight(tiles, kTiles, first, interleaved, row, column, weight);
}
DREX_KERNEL(drex_repack_tiles)
