// Attention of one row and one KV head over a chunk of 256 positions: scores, softmax, and the
// weighted sum of values, all in f32. The queries that share the KV head are taken `Group` at a
// time, so that K and V are loaded once for them.
//
// A cell's head is read by `lanes` neighbouring lanes, 8 elements each: 2, 4 … 32 for heads of up to
// 256. Each warp reads 32 / lanes positions at once.
#pragma once
#include "attention_shape.cuh"
#include "merge.cuh"
#include "numbers.cuh"
#include "step.cuh"

constexpr int kChunk = 256;
constexpr int kAttentionWarps = 4;
constexpr int kAttentionThreads = kAttentionWarps * kWarp;
constexpr int kMaxHeadDim = 256;
constexpr int kElements = 8;  // of a lane
constexpr int kInFlight = 4;  // cells that a lane loads at once
constexpr int kQueryStride = kElements + 2;  // of a lane; so 16 lanes' pairs meet all banks once
constexpr int kQueryFloats = kMaxHeadDim / kElements * kQueryStride;

// 8 elements of a cell's head from `from` on; zeros past its end.
__device__ uint4 load_elements(const bf16* head, int from, int headDim) {
  return from < headDim ? *(const uint4*)(head + from) : uint4{0, 0, 0, 0};
}

__device__ void to_floats(uint4 words, float (&to)[kElements]) {
  const unsigned pairs[] = {words.x, words.y, words.z, words.w};
#pragma unroll
  for (int i = 0; i < kElements; i++) {
    to[i] = __uint_as_float(i % 2 ? pairs[i / 2] & 0xffff0000u : pairs[i / 2] << 16);
  }
}

// What a block of attention shares.
template <int Group>
struct AttentionShared {
  const bf16* key[kChunk];                       // of the KV head, by position in the chunk
  float query[Group][kQueryFloats];              // by lane, kQueryStride apart; zero past the head
  float score[Group][kChunk];                    // then exp(score − max)
  float sum[kAttentionWarps / 2][Group][kMaxHeadDim];  // of values, by pair of warps
  float2 stats[Group];  // {max, Σ exp(score − max)} of the chunk
};

// Neighbouring lanes that read a cell's head.
__device__ int lanes_of_head(int headDim) {
  int lanes = 1;
  while (lanes * kElements < headDim) {
    lanes *= 2;
  }
  return lanes;
}

template <int Group>
struct AttentionBlock {
  AttentionShared<Group>& shared;
  AttentionShape shape;
  int queries;  // in use, at most Group

  // query[g] = the row's query heads from firstHead on.
  __device__ void load_queries(const float* row, int firstHead) const {
    for (int i = threadIdx.x; i < Group * kMaxHeadDim; i += kAttentionThreads) {
      int g = i / kMaxHeadDim, d = i % kMaxHeadDim;
      bool is_there = g < queries && d < shape.headDim;
      shared.query[g][d / kElements * kQueryStride + d % kElements] =
          is_there ? row[(size_t)(firstHead + g) * shape.headDim + d] : 0.f;
    }
  }

  // key[p] for the positions [first, first + count) of a table.
  __device__ void load_cells(const int* table, int first, int count, const long long* kvBase,
                             const int* lastLayer, int layer, int kvHead) const {
    for (int p = threadIdx.x; p < count; p += kAttentionThreads) {
      const bf16* cell =
          entry_cell(table[first + p], kvBase, lastLayer, layer, shape.cell_elements());
      shared.key[p] = cell + kvHead * cell_head(shape.headDim);
    }
  }

  __device__ void score(int count) const {
    int lanes = lanes_of_head(shape.headDim);
    int lane = threadIdx.x % lanes, team = threadIdx.x / lanes, teams = kAttentionThreads / lanes;
    int from = lane * kElements;
    for (int base = 0; base < count; base += teams * kInFlight) {
      float key[kInFlight][kElements] = {};
#pragma unroll
      for (int u = 0; u < kInFlight; u++) {
        int p = base + u * teams + team;
        if (p < count) {
          to_floats(load_elements(shared.key[p], from, shape.headDim), key[u]);
        }
      }
#pragma unroll
      for (int g = 0; g < Group; g++) {
        if (g >= queries) {
          break;  // the same for all threads
        }
        float dots[kInFlight] = {};
#pragma unroll
        for (int i = 0; i < kElements; i++) {
          float query = shared.query[g][lane * kQueryStride + i];
#pragma unroll
          for (int u = 0; u < kInFlight; u++) {
            dots[u] = __fmaf_rn(query, key[u][i], dots[u]);
          }
        }
        write_scores(dots, g, base + team, teams, count);
      }
    }
  }

  // Adds up the dot products of a team's lanes, and writes those of the positions p, p + stride ….
  __device__ void write_scores(float (&dots)[kInFlight], int g, int p, int stride, int count) const {
    static_assert(kInFlight == 4, "two steps share them out");
    int lanes = lanes_of_head(shape.headDim), lane = threadIdx.x % lanes;
    int first = 0, owned = kInFlight;  // of what this lane has
    if (lanes > 1) {
      share_sums<2>(dots, lanes / 2);
      first = lane & lanes / 2 ? 2 : 0;
      owned = 2;
    }
    if (lanes > 2) {
      share_sums<1>(dots, lanes / 4);
      first += lane & lanes / 4 ? 1 : 0;
      owned = 1;
    }
    for (int bits = lanes / 8; bits > 0; bits /= 2) {
      dots[0] = __fadd_rn(dots[0], __shfl_xor_sync(kAllLanes, dots[0], bits));
    }
    bool is_first = lanes < 8 || lane % (lanes / 4) == 0;  // of those that have the same
#pragma unroll
    for (int u = 0; u < kInFlight; u++) {
      int position = p + (first + u) * stride;
      if (is_first && u < owned && position < count) {
        shared.score[g][position] = __fmul_rn(dots[u], shape.scale);
      }
    }
  }

  // A warp for each query.
  __device__ void soften(int count) const {
    int lane = threadIdx.x % kWarp;
    for (int g = threadIdx.x / kWarp; g < queries; g += kAttentionWarps) {
      float top = -INFINITY;
      for (int p = lane; p < count; p += kWarp) {
        top = fmaxf(top, shared.score[g][p]);
      }
      top = warp_max(top);
      float sum = 0;
      for (int p = lane; p < count; p += kWarp) {
        float weight = exp_f32(__fadd_rn(shared.score[g][p], -top));
        shared.score[g][p] = weight;
        sum = __fadd_rn(sum, weight);
      }
      sum = warp_sum(sum);
      if (lane == 0) {
        shared.stats[g] = make_float2(top, sum);
      }
    }
  }

  // sum[pair] = Σ weight · V over the positions of warps `pair` and `pair` + 2.
  __device__ void weigh(int count) const {
    int lanes = lanes_of_head(shape.headDim);
    int lane = threadIdx.x % lanes, team = threadIdx.x / lanes, teams = kAttentionThreads / lanes;
    int from = lane * kElements;
    float sum[Group][kElements] = {};
    for (int base = 0; base < count; base += teams * kInFlight) {
      uint4 words[kInFlight] = {};
#pragma unroll
      for (int u = 0; u < kInFlight; u++) {
        int p = base + u * teams + team;
        if (p < count) {
          words[u] = load_elements(shared.key[p] + shape.value_offset(), from, shape.headDim);
        }
      }
#pragma unroll
      for (int u = 0; u < kInFlight; u++) {
        int p = base + u * teams + team;
        float value[kElements];
        to_floats(words[u], value);
#pragma unroll
        for (int g = 0; g < Group; g++) {
          float weight = g < queries && p < count ? shared.score[g][p] : 0.f;
#pragma unroll
          for (int i = 0; i < kElements; i++) {
            sum[g][i] = __fmaf_rn(weight, value[i], sum[g][i]);
          }
        }
      }
    }
    // The elements [first, first + owned) of the lane's 8 are its own to add up.
    int first = 0, owned = kElements;
    for (int bits = lanes; bits < kWarp && owned > 1; bits *= 2) {
      owned /= 2;
      first += threadIdx.x & bits ? owned : 0;
    }
    bool is_first = threadIdx.x % kWarp < lanes * kElements;  // of those that have the same
#pragma unroll
    for (int g = 0; g < Group; g++) {
      if (g >= queries) {
        break;  // the same for all threads
      }
      if (lanes < kWarp) {
        share_sums<4>(sum[g], lanes);
      }
      if (lanes * 2 < kWarp) {
        share_sums<2>(sum[g], lanes * 2);
      }
      if (lanes * 4 < kWarp) {
        share_sums<1>(sum[g], lanes * 4);
      }
      for (int bits = lanes * 8; bits < kWarp; bits *= 2) {
        sum[g][0] = __fadd_rn(sum[g][0], __shfl_xor_sync(kAllLanes, sum[g][0], bits));
      }
    }
    constexpr int pairs = kAttentionWarps / 2;
    int warp = threadIdx.x / kWarp, pair = warp % pairs;
    for (int phase = 1; phase >= 0; phase--) {
#pragma unroll
      for (int g = 0; g < Group; g++) {
#pragma unroll
        for (int i = 0; i < kElements; i++) {
          if (is_first && i < owned && g < queries && warp / pairs == phase) {
            float& total = shared.sum[pair][g][from + first + i];
            total = phase == 1 ? sum[g][i] : __fadd_rn(sum[g][i], total);
          }
        }
      }
      __syncthreads();
    }
  }

  // Leaves the chunk's stats and sums in shared memory, after a barrier.
  __device__ void run_chunk(const int* table, int first, int count, const long long* kvBase,
                            const int* lastLayer, int layer, int kvHead) const {
    load_cells(table, first, count, kvBase, lastLayer, layer, kvHead);
    __syncthreads();
    score(count);
    __syncthreads();
    soften(count);
    __syncthreads();
    weigh(count);
  }

  // Σ exp(score − max) · V of the chunk, one element.
  __device__ float value(int g, int d) const {
    return __fadd_rn(shared.sum[0][g][d], shared.sum[1][g][d]);
  }
};
