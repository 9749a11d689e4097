// y[row][output] = Σ_k weights[output][k] · x[row][k], for 1 to 128 rows a block. Made for decoding:
// the weights stream through once, the activations come from the L2 cache.
//
// A block of 8 warps computes `Tiles` tiles of 16 outputs for `Rows` rows. Warp w takes the k tiles
// w, w + 8, w + 16 …; their sums are added in the order of the warps. So a row's result depends on
// K alone: not on Rows, on Tiles, nor on its place among the rows.
#pragma once
#include "mma.cuh"

constexpr int kGemmWarps = 8;
constexpr int kGemmThreads = kGemmWarps * kWarp;
constexpr int kReduceRows = 32;                 // rows that are reduced at once, at most
constexpr int kReduceStride = kReduceRows + 1;  // of an output; odd, so that banks differ
constexpr int kReduceFloats = kGemmWarps * kTile * kReduceStride;

// k tiles that a warp has in flight.
template <int Rows, int Tiles>
constexpr int kGemmStages = Rows * Tiles <= 32 ? 4 : 2;

// The sums of this warp's share of k: of output tile t and the 8 rows from 8r on, as mma_tile has
// them. `x` [count][16 · kTiles].
template <int Rows, int Tiles>
struct GemmSums {
  float c[Tiles][Rows / 8][4];

  __device__ void accumulate(const bf16* __restrict__ tiles, int tileCount, int firstTile,
                             const bf16* __restrict__ x, int count, int firstRow, int kTiles) {
    constexpr int stages = kGemmStages<Rows, Tiles>;
    int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp;
#pragma unroll
    for (int t = 0; t < Tiles; t++) {
#pragma unroll
      for (int r = 0; r < Rows / 8; r++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          c[t][r][i] = 0;
        }
      }
    }
    const uint4* weights = (const uint4*)tiles + (size_t)firstTile * kTiles * kWarp + lane;
    const bf16* inputs = x + (size_t)(firstRow + lane / 4) * kTiles * kTile + lane % 4 * 4;
    for (int k = warp; k < kTiles; k += kGemmWarps * stages) {
      uint4 a[stages][Tiles];
#pragma unroll
      for (int s = 0; s < stages; s++) {
        int at = k + s * kGemmWarps;
#pragma unroll
        for (int t = 0; t < Tiles; t++) {
          bool is_there = at < kTiles && firstTile + t < tileCount;
          a[s][t] = is_there ? load_weights(weights + ((size_t)t * kTiles + at) * kWarp)
                             : uint4{0, 0, 0, 0};
        }
      }
#pragma unroll
      for (int s = 0; s < stages; s++) {
        int at = k + s * kGemmWarps;
        if (at >= kTiles) {
          break;
        }
#pragma unroll
        for (int r = 0; r < Rows / 8; r++) {
          bool is_there = firstRow + r * 8 + lane / 4 < count;
          uint2 b = is_there ? *(const uint2*)(inputs + ((size_t)r * 8 * kTiles + at) * kTile)
                             : uint2{0, 0};
#pragma unroll
          for (int t = 0; t < Tiles; t++) {
            mma_tile(c[t][r], a[s][t], b);
          }
        }
      }
    }
  }

  // Puts the warps' sums of output tile t and rows [first, first + rows) of the block's into
  // `partial` [warp][output][kReduceStride].
  template <int ReducedRows>
  __device__ void spill(int t, int first, float* partial) const {
    int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp;
    float* mine = partial + warp * kTile * kReduceStride;
#pragma unroll
    for (int r = 0; r < Rows / 8; r++) {
      if (r * 8 >= first && r * 8 < first + ReducedRows) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          int output = lane / 4 + i / 2 * 8;
          int row = r * 8 - first + lane % 4 * 2 + i % 2;
          mine[output * kReduceStride + row] = c[t][r][i];
        }
      }
    }
  }
};

// The sum over the warps of one output of a tile and one reduced row.
__device__ float reduced(const float* partial, int output, int row) {
  float sum = 0;
#pragma unroll
  for (int warp = 0; warp < kGemmWarps; warp++) {
    sum = __fadd_rn(sum, partial[(warp * kTile + output) * kReduceStride + row]);
  }
  return sum;
}

// Runs the block's product; calls store(tile, partial, firstRow, rows, reducedRows) between
// barriers for each of its output tiles and at most kReduceRows rows.
template <int Rows, int Tiles, class Store>
__device__ void gemm_block(const bf16* tiles, int tileCount, int firstTile, const bf16* x, int count,
                           int kTiles, float* partial, Store store) {
  constexpr int at_once = Rows < kReduceRows ? Rows : kReduceRows;
  int first_row = blockIdx.x * Rows;
  int first_tile = firstTile + blockIdx.y * Tiles;
  GemmSums<Rows, Tiles> sums;
  sums.accumulate(tiles, tileCount, first_tile, x, count, first_row, kTiles);
#pragma unroll
  for (int t = 0; t < Tiles; t++) {
#pragma unroll
    for (int from = 0; from < Rows; from += at_once) {
      int rows = min(at_once, count - first_row - from);
      if (first_tile + t >= tileCount || rows <= 0) {
        continue;  // the same for all threads
      }
      sums.template spill<at_once>(t, from, partial);
      __syncthreads();
      store(first_tile + t, partial, first_row + from, rows);
      __syncthreads();
    }
  }
}
