// y[row][output] = Σ_k weights[output][k] · x[row][k], and the order of its sums: k is cut into
// kRanges ranges of k tiles, by K alone. Within a range k goes up, one matrix instruction after the
// other; the ranges' sums are added in order. Every kernel here keeps to it, so a row's result
// depends neither on the kernel, nor on the number of rows, nor on its place among them.
//
// Here: for up to 16 rows a block, made for decoding. The weights stream through once, past the L1
// cache; the activations come from the L2 cache. A block of 8 warps computes a tile of 16 outputs for
// `Rows` rows, a warp for each range: it reads Rows / 16 times as many bytes of activations as of
// weights. For more rows see gemm_tile.cuh.
#pragma once
#include "mma.cuh"

constexpr int kRanges = 8;
constexpr int kGemmWarps = 8;
constexpr int kGemmThreads = kGemmWarps * kWarp;
static_assert(kRanges == kGemmWarps, "a warp for each range");
constexpr int kGemmStages = 4;                  // k tiles that a warp has in flight
constexpr int kMaxSkinnyRows = 16;              // of a block
constexpr int kReduceStride = kMaxSkinnyRows + 1;  // of an output; odd, so that banks differ
constexpr int kReduceFloats = kGemmWarps * kTile * kReduceStride;

// The k tile at which a range starts; that of the next is its end.
__device__ int range_start(int range, int kTiles) {
  return (int)((long long)range * kTiles / kRanges);
}

// The end of the range that has a k tile.
__device__ int range_end(int k, int kTiles) {
  long long first_after = ((long long)(k + 1) * kRanges + kTiles - 1) / kTiles;
  return range_start((int)first_after, kTiles);
}

// What a product reads. `x` [count][16 · kTiles]; tiles of outputs [0, tileCount).
struct Product {
  const bf16* tiles;
  int tileCount;
  const bf16* x;
  int count, kTiles;

  // A lane's weights of the first k tile of a tile of outputs; kWarp further on are those of the
  // next.
  __device__ const uint4* weights(int tile) const {
    return (const uint4*)tiles + (size_t)tile * kTiles * kWarp;
  }
};

// The sums of ranges, in shared memory, of a tile of outputs: [range][output][kReduceStride].
struct RangeSums {
  static constexpr int kOutputs = kTile;
  const float* partial;

  __device__ float operator()(int output, int row) const {
    float sum = 0;
#pragma unroll
    for (int range = 0; range < kRanges; range++) {
      sum = __fadd_rn(sum, partial[(range * kTile + output) * kReduceStride + row]);
    }
    return sum;
  }
};

// This warp's range, for the tile of outputs and the rows from firstRow on; c[r] is of the 8 rows
// from 8r on, as mma_tile has them.
template <int Rows>
__device__ void sum_range(const Product& product, int tile, int firstRow, float (&c)[Rows / 8][4]) {
  int lane = threadIdx.x % kWarp, range = threadIdx.x / kWarp, kTiles = product.kTiles;
  int end = range_start(range + 1, kTiles);
  const uint4* weights = product.weights(tile) + lane;
  const bf16* inputs = product.x + (size_t)(firstRow + lane / 4) * kTiles * kTile + lane % 4 * 4;
  for (int k = range_start(range, kTiles); k < end; k += kGemmStages) {
    uint4 a[kGemmStages];
    uint2 b[kGemmStages][Rows / 8];
#pragma unroll
    for (int s = 0; s < kGemmStages; s++) {
      bool is_in_range = k + s < end;
      a[s] = is_in_range ? load_weights(weights + (size_t)(k + s) * kWarp) : uint4{0, 0, 0, 0};
#pragma unroll
      for (int r = 0; r < Rows / 8; r++) {
        bool is_there = is_in_range && firstRow + r * 8 + lane / 4 < product.count;
        b[s][r] = is_there ? *(const uint2*)(inputs + ((size_t)r * 8 * kTiles + k + s) * kTile)
                           : uint2{0, 0};
      }
    }
#pragma unroll
    for (int s = 0; s < kGemmStages; s++) {
      if (k + s >= end) {
        break;
      }
#pragma unroll
      for (int r = 0; r < Rows / 8; r++) {
        mma_tile(c[r], a[s], b[s][r]);
      }
    }
  }
}

// Runs the block's product and stores it: store(firstOutput, sums, firstRow, rows).
template <int Rows, class Store>
__device__ void gemm_skinny(const Product& product, int firstTile, float* partial, Store store) {
  static_assert(Rows <= kMaxSkinnyRows);
  int first_row = blockIdx.x * Rows, tile = firstTile + blockIdx.y;
  float c[Rows / 8][4] = {};
  sum_range<Rows>(product, tile, first_row, c);
  int lane = threadIdx.x % kWarp, range = threadIdx.x / kWarp;
#pragma unroll
  for (int r = 0; r < Rows / 8; r++) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int output = lane / 4 + i / 2 * 8, row = r * 8 + lane % 4 * 2 + i % 2;
      partial[(range * kTile + output) * kReduceStride + row] = c[r][i];
    }
  }
  __syncthreads();
  store(tile * kTile, RangeSums{partial}, first_row, min(Rows, product.count - first_row));
}
