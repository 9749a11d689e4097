// Attention of up to 64 consecutive prompt positions of one sequence and one head, on matrix
// instructions: tiles of keys from position 0 on, with a running maximum. A row's tiles and the order
// of its sums depend on its position alone: later positions of a tile add zeros to it.
//
// K and V are bf16 as they lie in the cache. Queries and softmax weights are f32: each is taken as the
// sum of three bf16. With two, which keep 16 bits, results that are rounded to bf16 differed from those
// of f32 in one of 300 elements (on the emulated GPU).
#pragma once
#include "async_copy.cuh"
#include "attention_shape.cuh"
#include "prefill_shared.cuh"
#include "split_bf16.cuh"
#include "step.cuh"

constexpr int kPrefillWarps = 4;
constexpr int kPrefillThreads = kPrefillWarps * kWarp;
constexpr int kWarpQueries = 16;
constexpr int kTileQueries = kPrefillWarps * kWarpQueries;

template <int D>
struct PrefillBlock {
  using Shared = PrefillShared<D>;
  static constexpr int kKeys = Shared::kKeys;
  static constexpr bool kHoldsQueries = D <= 128;  // in registers

  Shared& shared;
  AttentionShape shape;
  int first_position, count;  // of the block's queries
  int kv_head;
  const float* query[2] = {};  // of this lane's two rows of the warp's 16; null past the last
  int position[2];             // −1 past the last
  float held[kHoldsQueries ? D / kTile : 1][4][2];
  float o[D / 8][4] = {};      // Σ weight · V, as mma_tile has them
  float max[2] = {-INFINITY, -INFINITY};
  float sum[2] = {};           // Σ weight of this lane's keys

  __device__ PrefillBlock(Shared& s, AttentionShape sh, int firstPosition, int n, int kvHead)
      : shared(s), shape(sh), first_position(firstPosition), count(n), kv_head(kvHead) {}

  __device__ static int lane() { return threadIdx.x % kWarp; }
  __device__ static int first_of_warp() { return threadIdx.x / kWarp * kWarpQueries; }
  __device__ int end() const { return first_position + count; }  // of the keys

  // queries: f32 [row][ldq] from the block's first row and its head on.
  __device__ void load_queries(const float* queries, int ldq) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      int i = first_of_warp() + lane() / 4 + r * 8;
      query[r] = i < count ? queries + (size_t)i * ldq : nullptr;
      position[r] = i < count ? first_position + i : -1;
    }
    if constexpr (kHoldsQueries) {
#pragma unroll
      for (int k = 0; k < D / kTile; k++) {
        load_query(k, held[k]);
      }
    }
  }

  __device__ float element(int r, int d) const {
    return query[r] && d < shape.headDim ? query[r][d] : 0.f;
  }

  // Of k tile k: the pairs of A as mma_tile wants them.
  __device__ void load_query(int k, float (&pairs)[4][2]) const {
    int d = k * kTile + lane() % 4 * 4;
#pragma unroll
    for (int pair = 0; pair < 4; pair++) {
#pragma unroll
      for (int i = 0; i < 2; i++) {
        pairs[pair][i] = element(pair % 2, d + pair / 2 * 2 + i);
      }
    }
  }

  __device__ SplitTile split_query(int k) const {
    if constexpr (kHoldsQueries) {
      return SplitTile::of(held[k][0], held[k][1], held[k][2], held[k][3]);
    } else {
      float pairs[4][2];
      load_query(k, pairs);
      return SplitTile::of(pairs[0], pairs[1], pairs[2], pairs[3]);
    }
  }

  __device__ void find_cells(int tile, const int* table, const long long* kvBase,
                             const int* lastLayer, int layer) const {
    int p = tile * kKeys + threadIdx.x;
    if ((int)threadIdx.x < kKeys && p < end()) {
      const bf16* cell = entry_cell(table[p], kvBase, lastLayer, layer, shape.cell_elements());
      shared.cell[tile % 2][threadIdx.x] = cell + kv_head * cell_head(shape.headDim);
    }
  }

  // Asks for a tile's heads, `offset` elements from their cells.
  __device__ void copy(uint4 (&to)[kKeys][D / 8], int tile, int offset) const {
    for (int i = threadIdx.x; i < kKeys * (D / 8); i += kPrefillThreads) {
      int key = i / (D / 8), chunk = i % (D / 8);
      bool is_there = tile * kKeys + key < end() && chunk * 8 < shape.headDim;
      const bf16* from = shared.cell[tile % 2][is_there ? key : 0] + offset + (is_there ? chunk * 8 : 0);
      copy_async(&to[key][Shared::swizzle(key, chunk)], (const uint4*)from, is_there);
    }
  }

  __device__ void copy_keys(int tile) const { copy(shared.key, tile, 0); }
  __device__ void copy_values(int tile) const { copy(shared.value, tile, shape.value_offset()); }

  __device__ void score(float (&s)[kKeys / 8][2][2]) const {
#pragma unroll
    for (int k = 0; k < D / kTile; k++) {
      if (k * kTile < shape.headDim) {
        SplitTile q = split_query(k);
        int chunk = Shared::swizzle(lane() / 4, k * 2 + lane() % 4 / 2);
#pragma unroll
        for (int n = 0; n < kKeys / 8; n++) {
          const uint4* chunks = shared.key[n * 8 + lane() / 4];
          q.multiply((float(&)[4])s[n], ((const uint2*)&chunks[chunk])[lane() % 2]);
        }
      }
    }
  }

  // Makes scores weights with respect to the new maximum, and what was summed up before as well.
  __device__ void soften(float (&s)[kKeys / 8][2][2], int firstKey) {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      float top = max[r];
#pragma unroll
      for (int n = 0; n < kKeys / 8; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          float& x = s[n][r][i];
          bool is_attended = firstKey + n * 8 + lane() % 4 * 2 + i <= position[r];
          x = is_attended ? __fmul_rn(x, shape.scale) : -INFINITY;
          top = fmaxf(top, x);
        }
      }
      top = fmaxf(top, __shfl_xor_sync(kAllLanes, top, 1));
      top = fmaxf(top, __shfl_xor_sync(kAllLanes, top, 2));
      float factor = exp_f32(__fadd_rn(max[r], -top));
      max[r] = top;
      float added = 0;
#pragma unroll
      for (int n = 0; n < kKeys / 8; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          float& x = s[n][r][i];
          bool is_attended = firstKey + n * 8 + lane() % 4 * 2 + i <= position[r];
          x = is_attended ? exp_f32(__fadd_rn(x, -top)) : 0.f;
          added = __fadd_rn(added, x);
        }
      }
      sum[r] = __fadd_rn(__fmul_rn(sum[r], factor), added);
#pragma unroll
      for (int n = 0; n < D / 8; n++) {
        o[n][r * 2] = __fmul_rn(o[n][r * 2], factor);
        o[n][r * 2 + 1] = __fmul_rn(o[n][r * 2 + 1], factor);
      }
    }
  }

  // A weight of 0 does not hide a value that is not finite: such values become zeros, and rows from
  // the first of them on have no result.
  __device__ void mend_values(int tile) const {
    for (int i = threadIdx.x; i < kKeys * (D / 8); i += kPrefillThreads) {
      unsigned* words = (unsigned*)&shared.value[i / (D / 8)][i % (D / 8)];
      for (int w = 0; w < 4; w++) {
        for (unsigned half = 0xffffu; half; half <<= 16) {
          constexpr unsigned exponent = 0x7f807f80u;
          if ((words[w] & exponent & half) == (exponent & half)) {
            words[w] &= ~half;
            atomicMin(&shared.first_broken, tile * kKeys + i / (D / 8));
          }
        }
      }
    }
  }

  // Adds weights · V.
  __device__ void weigh(const float (&s)[kKeys / 8][2][2]) {
#pragma unroll
    for (int k = 0; k < kKeys / kTile; k++) {
      const float(&a)[2][2] = s[2 * k], (&b)[2][2] = s[2 * k + 1];
      SplitTile weights = SplitTile::of(a[0], a[1], b[0], b[1]);
#pragma unroll
      for (int n = 0; n < D / 8; n += 2) {
        if (n * 8 < shape.headDim) {
          int chunk = Shared::swizzle(lane() % 8, n + lane() / kTile);
          uint4 values = load_transposed(&shared.value[k * kTile + lane() % kTile][chunk]);
          weights.multiply(o[n], uint2{values.x, values.y});
          weights.multiply(o[n + 1], uint2{values.z, values.w});
        }
      }
    }
  }

  __device__ void run(const int* table, const long long* kvBase, const int* lastLayer, int layer) {
    int last_of_warp = first_position + min(first_of_warp() + kWarpQueries, count) - 1;
    bool has_rows = first_of_warp() < count;  // the same for all lanes
    if (threadIdx.x == 0) {
      shared.first_broken = 0x7fffffff;
    }
    find_cells(0, table, kvBase, lastLayer, layer);
    __syncthreads();
    copy_keys(0);
    end_copy_group();
    for (int tile = 0; tile * kKeys < end(); tile++) {
      bool is_wanted = has_rows && tile * kKeys <= last_of_warp;
      bool is_last = (tile + 1) * kKeys >= end();
      float s[kKeys / 8][2][2] = {};  // of key n · 8 + 2t + i and row r: [n][r][i]
      copy_values(tile);
      end_copy_group();
      if (!is_last) {
        find_cells(tile + 1, table, kvBase, lastLayer, layer);
      }
      wait_for_copies<1>();
      __syncthreads();
      if (is_wanted) {
        score(s);
      }
      __syncthreads();
      if (!is_last) {
        copy_keys(tile + 1);
      }
      end_copy_group();
      if (is_wanted) {
        soften(s, tile * kKeys);
      }
      wait_for_copies<1>();
      __syncthreads();
      if ((tile + 1) * kKeys > first_position + 1) {
        mend_values(tile);
        __syncthreads();
      }
      if (is_wanted) {
        weigh(s);
      }
      __syncthreads();
    }
    wait_for_copies<0>();
  }

  // out: bf16 [row][ldo] from the block's first row and its head on.
  __device__ void store(bf16* out, int ldo) const {
#pragma unroll
    for (int r = 0; r < 2; r++) {
      float all = __fadd_rn(sum[r], __shfl_xor_sync(kAllLanes, sum[r], 1));
      all = __fadd_rn(all, __shfl_xor_sync(kAllLanes, all, 2));
      all = position[r] < shared.first_broken ? all : __int_as_float(0x7fffffff);
      bf16* to = out + (size_t)(first_of_warp() + lane() / 4 + r * 8) * ldo;
#pragma unroll
      for (int n = 0; n < D / 8; n++) {
#pragma unroll
        for (int i = 0; i < 2; i++) {
          int d = n * 8 + lane() % 4 * 2 + i;
          if (position[r] >= 0 && d < shape.headDim) {
            to[d] = to_bf16(__fdiv_rn(o[n][r * 2 + i], all));
          }
        }
      }
    }
  }
};
