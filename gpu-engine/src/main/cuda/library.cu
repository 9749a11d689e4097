// What a matrix product of a library needs of us: weights as rows, and the step that follows its sums.
#include "gemm_epilogue.cuh"

constexpr int kUnpackTiles = 8;  // of a block, along k: a warp each
constexpr int kFinishRows = 4;   // of a block

// weights [16 · output tile + output][16 · kTiles] = the tiles of tiles.cuh as rows, their padding
// too. Grid (ceil(kTiles / 8), output tiles), block 256. A lane has 4 contiguous k of two outputs;
// four lanes write 32 bytes of a row, which are a sector of the L2 cache.
extern "C" __global__ void __launch_bounds__(kUnpackTiles * kWarp)
    drex_unpack_tiles(const bf16* __restrict__ tiles, bf16* __restrict__ weights, int kTiles) {
  int k_tile = blockIdx.x * kUnpackTiles + threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
  if (k_tile >= kTiles) {
    return;
  }
  size_t tile = (size_t)blockIdx.y * kTiles + k_tile;
  uint4 part = load_weights((const uint4*)tiles + tile * kWarp + lane);
  size_t width = (size_t)kTiles * kTile;
  bf16* row = weights + ((size_t)blockIdx.y * kTile + lane / 4) * width + k_tile * kTile + lane % 4 * 4;
  *(uint2*)row = uint2{part.x, part.z};
  *(uint2*)(row + kTile / 2 * width) = uint2{part.y, part.w};
}
DREX_KERNEL(drex_unpack_tiles)

// Sums of a library in memory, from a block's first row and output on: [row][stride].
struct ProductSums {
  static constexpr int kOutputs = 256;
  const float* sums;
  int stride;

  __device__ float operator()(int output, int row) const { return sums[(size_t)row * stride + output]; }
};

// What follows the product of rows [firstRow, firstRow + count): sums f32 [count][stride], the rest as
// in gemm.cu. Sums may be where the result goes. Grid (ceil(count / 4), ceil(outputs / 256)), block 256.
#define DREX_FINISH(NAME, STORE)                                                                   \
  extern "C" __global__ void __launch_bounds__(kGemmThreads) NAME(                                 \
      const int* __restrict__ step, int maxRows, int firstRow, int count, const float* sums,       \
      int stride, int outputs, const float* __restrict__ bias, const float* states, void* out,     \
      int ldo) {                                                                                   \
    Step rows(step, maxRows);                                                                      \
    int first = blockIdx.x * kFinishRows, first_output = blockIdx.y * ProductSums::kOutputs;       \
    ProductSums of_block{sums + (size_t)first * stride + first_output, stride};                    \
    auto store = STORE;                                                                            \
    store(first_output, of_block, firstRow + first, min(kFinishRows, count - first));              \
  }                                                                                                \
  DREX_KERNEL(NAME)

DREX_FINISH(drex_finish_store, (StoreF32{bias, (float*)out, outputs, ldo}))
DREX_FINISH(drex_finish_residual, (AddResidual{rows, kRows, states, (float*)out, outputs, ldo}))
DREX_FINISH(drex_finish_swiglu, (SwiGlu{(bf16*)out, ldo}))
