// Linear layers with what follows them; see gemm.cuh. All take
//   step, maxRows, index   whose rows, as in step.cuh
//   tiles                  weights, of ceil(outputs / 16) tiles of outputs
//   x                      bf16 [i][16 · kTiles]
//   firstTile              the first tile of outputs that is wanted
//   bias                   f32 [output], or null
//   states                 f32 [slot][ldo], see residual
//   out, ldo               the result and its stride in elements
// A name's last number is the rows of a block. Block 256; grid (ceil(rows / those), ceil(outputs
// wanted / those of a block)), which are 16 for up to 16 rows, and otherwise come first in the name.
//
// A product reads 2 · outputs · k bytes of weights. On an H200, at 4.3 TB/s and 790 TFLOP/s, that
// takes longer than its 2 · outputs · k · rows operations for up to 184 rows (computed, not
// measured).
#include "gemm_epilogue.cuh"
#include "gemm_tile.cuh"

#define DREX_GEMM(NAME, ROWS, BLOCKS, SHARED, RUN)                                                 \
  extern "C" __global__ void __launch_bounds__(kGemmThreads, BLOCKS) NAME(                         \
      const int* __restrict__ step, int maxRows, int index, const bf16* __restrict__ tiles,        \
      const bf16* __restrict__ x, int kTiles, int firstTile, int outputs,                          \
      const float* __restrict__ bias, const float* states, void* out, int ldo) {                   \
    __shared__ SHARED;                                                                             \
    Step rows(step, maxRows);                                                                      \
    int count = rows.count(index);                                                                 \
    if ((int)blockIdx.x * ROWS >= count) {                                                         \
      return;                                                                                      \
    }                                                                                              \
    Product product{tiles, (outputs + kTile - 1) / kTile, x, count, kTiles};                       \
    RUN;                                                                                           \
  }                                                                                                \
  DREX_KERNEL(NAME)

// All that follows, of one way RUN(EPILOGUE) to make the sums.
#define DREX_GEMMS(SUFFIX, ROWS, BLOCKS, SHARED, RUN)                                              \
  DREX_GEMM(drex_gemm_store_##SUFFIX, ROWS, BLOCKS, SHARED,                                        \
            RUN((StoreF32{bias, (float*)out, outputs, ldo})))                                      \
  DREX_GEMM(drex_gemm_residual_##SUFFIX, ROWS, BLOCKS, SHARED,                                     \
            RUN((AddResidual{rows, index, states, (float*)out, outputs, ldo})))                    \
  DREX_GEMM(drex_gemm_swiglu_##SUFFIX, ROWS, BLOCKS, SHARED, RUN((SwiGlu{(bf16*)out, ldo})))

#define DREX_SKINNY_SHARED float shared[kReduceFloats]
#define DREX_SKINNY_8(EPILOGUE) gemm_skinny<8>(product, firstTile, shared, EPILOGUE)
#define DREX_SKINNY_16(EPILOGUE) gemm_skinny<16>(product, firstTile, shared, EPILOGUE)
DREX_GEMMS(8, 8, 1, DREX_SKINNY_SHARED, DREX_SKINNY_8)
DREX_GEMMS(16, 16, 1, DREX_SKINNY_SHARED, DREX_SKINNY_16)

#define DREX_TILE_SHARED uint4 shared[kTileShared / sizeof(uint4)]
#define DREX_TILE_32_BY_32(EPILOGUE) gemm_tile<32, 32>(product, firstTile, shared, EPILOGUE)
#define DREX_TILE_64_BY_32(EPILOGUE) gemm_tile<64, 32>(product, firstTile, shared, EPILOGUE)
#define DREX_TILE_64_BY_64(EPILOGUE) gemm_tile<64, 64>(product, firstTile, shared, EPILOGUE)
#define DREX_TILE_64_BY_128(EPILOGUE) gemm_tile<64, 128>(product, firstTile, shared, EPILOGUE)
#define DREX_TILE_128_BY_128(EPILOGUE) gemm_tile<128, 128>(product, firstTile, shared, EPILOGUE)
DREX_GEMMS(32_by_32, 32, 2, DREX_TILE_SHARED, DREX_TILE_32_BY_32)
DREX_GEMMS(64_by_32, 32, 2, DREX_TILE_SHARED, DREX_TILE_64_BY_32)
DREX_GEMMS(64_by_64, 64, 2, DREX_TILE_SHARED, DREX_TILE_64_BY_64)
DREX_GEMMS(64_by_128, 128, 2, DREX_TILE_SHARED, DREX_TILE_64_BY_128)
DREX_GEMMS(128_by_128, 128, 1, DREX_TILE_SHARED, DREX_TILE_128_BY_128)
