// The products of gemm.cuh, in its order, for more rows: a block computes a tile of `Outputs` × `Rows`
// results, and weights and activations pass through shared memory in stages. 8 warps, 2 along the
// outputs and 4 along the rows. A thread keeps the sum of a range beside that of those before it.
//
// For each k a block reads Outputs + Rows elements from the L2 cache for Outputs · Rows
// multiplications. All figures that follow are computed, for an H200 at 4.3 TB/s and 790 TFLOP/s.
//   64 × 32 for up to 32 rows: half as many bytes of activations as of weights, so 6.5 TB/s of the
//   L2 cache where the weights come at 4.3; blocks of 16 outputs would need 12.9.
//   32 × 32, where those would be too few blocks for the multiprocessors: as many bytes of
//   activations as of weights, so 8.6 TB/s.
//   64 × 64, 64 × 128: as many, and twice as many: 8.6 and 12.9 TB/s. From some 64 rows on the L2
//   cache, not the memory, is what they wait for.
//   128 × 128: a byte for 64 operations, or 12.3 TB/s at the full rate, which mma.sync does not reach.
#pragma once
#include "async_copy.cuh"
#include "gemm.cuh"

constexpr int kStageTiles = 2;                       // k tiles of a stage
constexpr int kStageChunks = kStageTiles * kTile / 8;  // of 16 bytes, of a row's activations
constexpr int kTileShared = 48 * 1024;               // what a block has without asking for more
constexpr int kWarpsAlongOutputs = 2, kWarpsAlongRows = kGemmWarps / kWarpsAlongOutputs;

template <int Outputs, int Rows>
struct GemmStage {
  uint4 weights[Outputs / kTile][kStageTiles * kWarp];
  uint4 x[Rows][kStageChunks];  // chunks swapped by swizzle

  // Rows lie 64 bytes apart; so half a warp, that reads 32 bytes of 4 rows, meets all banks once.
  __device__ static int swizzle(int row, int chunk) { return chunk ^ row / 2 % 2 * 2; }

  // Asks for k tiles [k, k + kStageTiles); zeros for what is not there.
  __device__ void load(const Product& product, int firstTile, int firstRow, int k) {
#pragma unroll
    for (int i = threadIdx.x; i < Outputs / kTile * kStageTiles * kWarp; i += kGemmThreads) {
      int tile = i / (kStageTiles * kWarp), part = i % (kStageTiles * kWarp);
      bool is_there = firstTile + tile < product.tileCount && k + part / kWarp < product.kTiles;
      const uint4* from = product.weights(firstTile + tile) + (size_t)k * kWarp + part;
      copy_async(&weights[tile][part], is_there ? from : (const uint4*)product.tiles, is_there);
    }
#pragma unroll
    for (int i = threadIdx.x; i < Rows * kStageChunks; i += kGemmThreads) {
      int row = i / kStageChunks, chunk = i % kStageChunks;
      bool is_there = firstRow + row < product.count && k + chunk / 2 < product.kTiles;
      const bf16* from = product.x + ((size_t)(firstRow + row) * product.kTiles + k) * kTile;
      copy_async(&x[row][swizzle(row, chunk)],
                 is_there ? (const uint4*)from + chunk : (const uint4*)product.x, is_there);
    }
  }
};

// A tile's results in shared memory, of the rows of one warp: [row][kOutputs + 4].
template <int Outputs>
struct TileSums {
  static constexpr int kOutputs = Outputs;
  static constexpr int kStride = Outputs + 4;  // so that what a warp writes at once is in all banks
  float* sums;

  __device__ float operator()(int output, int row) const { return sums[row * kStride + output]; }
};

template <int Outputs, int Rows>
struct GemmTile {
  static constexpr int kStages = kTileShared / (int)sizeof(GemmStage<Outputs, Rows>);
  static constexpr int kWarpRows = Rows / kWarpsAlongRows;
  static constexpr int kM = Outputs / kWarpsAlongOutputs / kTile, kN = kWarpRows / 8;

  float range[kM][kN][4];  // as mma_tile has them
  float total[kM][kN][4];

  __device__ void multiply(const GemmStage<Outputs, Rows>& stage, int inStage) {
    int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp;
    uint4 a[kM];
    uint2 b[kN];
#pragma unroll
    for (int m = 0; m < kM; m++) {
      a[m] = stage.weights[warp % kWarpsAlongOutputs * kM + m][inStage * kWarp + lane];
    }
#pragma unroll
    for (int n = 0; n < kN; n++) {
      int row = warp / kWarpsAlongOutputs * kWarpRows + n * 8 + lane / 4;
      int chunk = stage.swizzle(row, inStage * 2 + lane % 4 / 2);
      b[n] = ((const uint2*)&stage.x[row][chunk])[lane % 2];
    }
#pragma unroll
    for (int m = 0; m < kM; m++) {
#pragma unroll
      for (int n = 0; n < kN; n++) {
        mma_tile(range[m][n], a[m], b[n]);
      }
    }
  }

  // Ranges without k tiles are left out: they would add zeros, and no total is −0.
  __device__ void end_range() {
#pragma unroll
    for (int m = 0; m < kM; m++) {
#pragma unroll
      for (int n = 0; n < kN; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          total[m][n][i] = __fadd_rn(total[m][n][i], range[m][n][i]);
          range[m][n][i] = 0;
        }
      }
    }
  }

  __device__ void run(GemmStage<Outputs, Rows>* stages, const Product& product, int firstTile,
                      int firstRow) {
    int first_of_warp = firstRow + threadIdx.x / kWarp / kWarpsAlongOutputs * kWarpRows;
    bool has_rows = first_of_warp < product.count;  // the same for all lanes
#pragma unroll
    for (int s = 0; s < kStages - 1; s++) {
      stages[s].load(product, firstTile, firstRow, s * kStageTiles);
      end_copy_group();
    }
    int end = range_end(0, product.kTiles);  // of the range
    int stage = 0;
    for (int k = 0; k < product.kTiles; k += kStageTiles) {
      wait_for_copies<kStages - 2>();
      __syncthreads();
      int next = k + (kStages - 1) * kStageTiles;
      if (next < product.kTiles) {
        int free = stage == 0 ? kStages - 1 : stage - 1;
        stages[free].load(product, firstTile, firstRow, next);
      }
      end_copy_group();
#pragma unroll
      for (int in_stage = 0; in_stage < kStageTiles; in_stage++) {
        int done = k + in_stage + 1;
        if (has_rows && done <= product.kTiles) {
          multiply(stages[stage], in_stage);
          if (done == end) {
            end_range();
            end = range_end(done, product.kTiles);
          }
        }
      }
      stage = stage == kStages - 1 ? 0 : stage + 1;
    }
    wait_for_copies<0>();
    __syncthreads();
  }

  // Puts the warp's totals into shared memory.
  __device__ void spill(float* sums) const {
    int lane = threadIdx.x % kWarp;
    int first = threadIdx.x / kWarp % kWarpsAlongOutputs * kM * kTile;
#pragma unroll
    for (int m = 0; m < kM; m++) {
#pragma unroll
      for (int n = 0; n < kN; n++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
          int output = first + m * kTile + lane / 4 + i / 2 * 8;
          int row = n * 8 + lane % 4 * 2 + i % 2;
          sums[row * TileSums<Outputs>::kStride + output] = total[m][n][i];
        }
      }
    }
  }
};

// Runs the block's product and stores it, the rows of a warp at a time:
// store(firstOutput, sums, firstRow, rows).
template <int Outputs, int Rows, class Store>
__device__ void gemm_tile(const Product& product, int firstTile, uint4* shared, Store store) {
  using Tile = GemmTile<Outputs, Rows>;
  int first_row = blockIdx.x * Rows, first_tile = firstTile + blockIdx.y * (Outputs / kTile);
  Tile tile = {};
  tile.run((GemmStage<Outputs, Rows>*)shared, product, first_tile, first_row);
  float* sums = (float*)shared;
  static_assert(Tile::kWarpRows * TileSums<Outputs>::kStride * sizeof(float) <= kTileShared);
  for (int from = 0; from < Rows; from += Tile::kWarpRows) {
    int rows = min(Tile::kWarpRows, product.count - first_row - from);
    if (rows <= 0) {
      break;  // the same for all threads
    }
    if ((int)threadIdx.x / kWarp / kWarpsAlongOutputs == from / Tile::kWarpRows) {
      tile.spill(sums);
    }
    __syncthreads();
    store(first_tile * kTile, TileSums<Outputs>{sums}, first_row + from, rows);
    __syncthreads();
  }
}
