// What follows the sums y of a linear layer. Each is called as (firstOutput, sums, firstRow, rows) by a
// block of kGemmThreads threads: sums(output, row) has the sums of Sums::kOutputs outputs from
// firstOutput on and of `rows` rows from firstRow on, both counted from 0.
#pragma once
#include "gemm.cuh"
#include "step.cuh"

// out f32 [i][output] = y + bias.
struct StoreF32 {
  const float* bias;
  float* out;
  int outputs, ldo;

  template <class Sums>
  __device__ void operator()(int firstOutput, const Sums& sums, int firstRow, int rows) const {
    for (int i = threadIdx.x; i < Sums::kOutputs * rows; i += kGemmThreads) {
      int inTile = i % Sums::kOutputs, row = i / Sums::kOutputs, output = firstOutput + inTile;
      if (output < outputs) {
        float y = sums(inTile, row);
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

  template <class Sums>
  __device__ void operator()(int firstOutput, const Sums& sums, int firstRow, int rows) const {
    for (int i = threadIdx.x; i < Sums::kOutputs * rows; i += kGemmThreads) {
      int inTile = i % Sums::kOutputs, inRows = i / Sums::kOutputs;
      int output = firstOutput + inTile, row = firstRow + inRows;
      if (output < outputs) {
        size_t state = rows_of.state(index, row);
        size_t to = index == kRows ? state : row;
        out[to * ldo + output] = __fadd_rn(states[state * ldo + output], sums(inTile, inRows));
      }
    }
  }
};

// out bf16 [i][j] = silu(gate j) · up j, of tiles that hold 8 gates and their 8 ups.
struct SwiGlu {
  bf16* out;
  int ldo;

  template <class Sums>
  __device__ void operator()(int firstOutput, const Sums& sums, int firstRow, int rows) const {
    constexpr int pairs = Sums::kOutputs / 2;
    for (int i = threadIdx.x; i < pairs * rows; i += kGemmThreads) {
      int pair = i % pairs, row = i / pairs, j = firstOutput / 2 + pair;
      int at = pair / 8 * kTile + pair % 8;
      if (j < ldo) {
        float gate = sums(at, row), up = sums(at + kTile / 2, row);
        float silu = __fdiv_rn(gate, __fadd_rn(1.f, exp_f32(-gate)));
        out[(size_t)(firstRow + row) * ldo + j] = to_bf16(__fmul_rn(silu, up));
      }
    }
  }
};
