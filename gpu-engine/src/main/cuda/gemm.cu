// Linear layers with what follows them; see gemm.cuh. All take
//   step, maxRows, index   whose rows, as in step.cuh
//   tiles                  weights, of ceil(outputs / 16) tiles of outputs
//   x                      bf16 [i][16 · kTiles]
//   firstTile              the first tile of outputs that is wanted
//   bias                   f32 [output], or null
//   states                 f32 [slot][ldo], see residual
//   out, ldo               the result and its stride in elements
// Grid (ceil(rows / Rows), ceil((tiles − firstTile) / Tiles)), block 256.
#include "gemm.cuh"
#include "step.cuh"

// out f32 [i][output] = y + bias.
struct StoreF32 {
  const float* bias;
  float* out;
  int outputs, ldo;

  __device__ void operator()(int tile, const float* partial, int firstRow, int rows) const {
    for (int i = threadIdx.x; i < kTile * rows; i += kGemmThreads) {
      int inTile = i % kTile, row = i / kTile, output = tile * kTile + inTile;
      if (output < outputs) {
        float y = reduced(partial, inTile, row);
        out[(size_t)(firstRow + row) * ldo + output] = bias ? __fadd_rn(y, bias[output]) : y;
      }
    }
  }
};

// Rows: states[slot[i]][output] += y. Head rows: out f32 [i][output] = y + the row's state.
struct AddResidual {
  Step rows_of;
  int index;
  const float* states;
  float* out;
  int outputs, ldo;

  __device__ void operator()(int tile, const float* partial, int firstRow, int rows) const {
    for (int i = threadIdx.x; i < kTile * rows; i += kGemmThreads) {
      int inTile = i % kTile, row = firstRow + i / kTile, output = tile * kTile + inTile;
      if (output < outputs) {
        size_t state = rows_of.state(index, row);
        size_t to = index == kRows ? state : row;
        out[to * ldo + output] =
            __fadd_rn(states[state * ldo + output], reduced(partial, inTile, i / kTile));
      }
    }
  }
};

// out bf16 [i][j] = silu(gate j) · up j, of tiles that hold 8 gates and their 8 ups.
struct SwiGlu {
  bf16* out;
  int ldo;

  __device__ void operator()(int tile, const float* partial, int firstRow, int rows) const {
    for (int i = threadIdx.x; i < kTile / 2 * rows; i += kGemmThreads) {
      int j = i % (kTile / 2), row = i / (kTile / 2);
      float gate = reduced(partial, j, row);
      float up = reduced(partial, j + kTile / 2, row);
      float silu = __fdiv_rn(gate, __fadd_rn(1.f, exp_f32(-gate)));
      out[(size_t)(firstRow + row) * ldo + tile * (kTile / 2) + j] = to_bf16(__fmul_rn(silu, up));
    }
  }
};

#define DREX_GEMM(NAME, ROWS, TILES, EPILOGUE)                                                     \
  extern "C" __global__ void __launch_bounds__(kGemmThreads) NAME(                                 \
      const int* __restrict__ step, int maxRows, int index, const bf16* __restrict__ tiles,        \
      const bf16* __restrict__ x, int kTiles, int firstTile, int outputs,                          \
      const float* __restrict__ bias, const float* states, void* out, int ldo) {                   \
    __shared__ float partial[kReduceFloats];                                                       \
    Step rows(step, maxRows);                                                                      \
    int count = rows.count(index);                                                                 \
    if ((int)blockIdx.x * ROWS >= count) {                                                         \
      return;                                                                                      \
    }                                                                                              \
    gemm_block<ROWS, TILES>(tiles, (outputs + kTile - 1) / kTile, firstTile, x, count, kTiles,     \
                            partial, EPILOGUE);                                                    \
  }                                                                                                \
  DREX_KERNEL(NAME)

#define DREX_GEMMS(ROWS, TILES)                                                                    \
  DREX_GEMM(drex_gemm_store_##ROWS, ROWS, TILES, (StoreF32{bias, (float*)out, outputs, ldo}))      \
  DREX_GEMM(drex_gemm_residual_##ROWS, ROWS, TILES,                                                \
            (AddResidual{rows, index, states, (float*)out, outputs, ldo}))                         \
  DREX_GEMM(drex_gemm_swiglu_##ROWS, ROWS, TILES, (SwiGlu{(bf16*)out, ldo}))

DREX_GEMMS(8, 1)
DREX_GEMMS(16, 1)
DREX_GEMMS(32, 1)
DREX_GEMMS(64, 2)
DREX_GEMMS(128, 2)
