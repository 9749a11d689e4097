// Attention of decode rows over the KV cache; see attention.cuh. All take
//   step, maxRows
//   qkv, ldq               f32 [row][ldq]: queries first, normed and rotated
//   tok, maxPositions      the segment's token tables [table][maxPositions], the rows' own entries
//                          included
//   kvBase, lastLayer      see cells.cuh; lastLayer[segment]
//   layer, heads, kvHeads, headDim, scale
// A name's last number is the most queries of a KV head that are taken at once. Block 128.
#include "attention.cuh"
#include "chunk_plan.cuh"

constexpr int kSplitBlocks = 3;  // of a multiprocessor at once

template <int Group>
__device__ void attend_chunk(AttentionShared<Group>& shared, Step rows, const ChunkPlan& plan,
                             int item, int kvHead, const float* qkv, int ldq, float* partial,
                             float* stats, const int* tok, int maxPositions, const long long* kvBase,
                             const int* lastLayer, int layer, AttentionShape shape) {
  int row = plan.row(item), first = (item - plan.first_item(row)) * kChunk;
  int context = rows.position(row) + 1;
  const int* table = tok + (size_t)rows.table(row) * maxPositions;
  for (int done = 0; done < shape.group(); done += Group) {
    int first_head = kvHead * shape.group() + done;
    AttentionBlock<Group> block{shared, shape, min(Group, shape.group() - done)};
    block.load_queries(qkv + (size_t)row * ldq, first_head);
    block.run_chunk(table, first, min(kChunk, context - first), kvBase, lastLayer, layer, kvHead);
    for (int i = threadIdx.x; i < block.queries * shape.headDim; i += kAttentionThreads) {
      int g = i / shape.headDim, d = i % shape.headDim;
      size_t at = (size_t)item * shape.heads + first_head + g;
      partial[at * shape.headDim + d] = block.value(g, d);
      if (d == 0) {
        stats[at * 2] = shared.stats[g].x;
        stats[at * 2 + 1] = shared.stats[g].y;
      }
    }
    __syncthreads();
  }
}

// Decode rows: blocks share out the chunks of a plan, whatever rows they are of; partial f32
// [item][head][headDim] and stats f32 [item][head][2] for drex_attn_merge. Grid: as many blocks as the
// GPU runs at once. Each K and V is read once for `Group` heads: 4 · kvHeads · headDim bytes a
// position, which decide what it takes; partial and stats are less than 1/64 of them for up to 8
// heads that share K and V.
#define DREX_ATTN_SPLIT(GROUP)                                                                     \
  extern "C" __global__ void __launch_bounds__(kAttentionThreads, kSplitBlocks)                    \
      drex_attn_split_##GROUP(                                                                     \
          const int* __restrict__ step, int maxRows, const float* __restrict__ qkv, int ldq,       \
          float* __restrict__ partial, float* __restrict__ stats, const int* __restrict__ plan,    \
          const int* __restrict__ tok, int maxPositions, const long long* __restrict__ kvBase,     \
          const int* __restrict__ lastLayer, int layer, int heads, int kvHeads, int headDim,       \
          float scale) {                                                                           \
    __shared__ AttentionShared<GROUP> shared;                                                      \
    Step rows(step, maxRows);                                                                      \
    ChunkPlan chunks{plan, maxRows};                                                               \
    for (int work = blockIdx.x; work < chunks.items() * kvHeads; work += gridDim.x) {              \
      attend_chunk<GROUP>(shared, rows, chunks, work / kvHeads, work % kvHeads, qkv, ldq, partial, \
                          stats, tok, maxPositions, kvBase, lastLayer, layer,                      \
                          AttentionShape{heads, kvHeads, headDim, scale});                         \
    }                                                                                              \
  }                                                                                                \
  DREX_KERNEL(drex_attn_split_##GROUP)

DREX_ATTN_SPLIT(1)
DREX_ATTN_SPLIT(4)
DREX_ATTN_SPLIT(8)

// Merges the chunks of drex_attn_split in order. Grid (rows of the plan, heads).
extern "C" __global__ void __launch_bounds__(kAttentionThreads)
    drex_attn_merge(const int* __restrict__ step, int maxRows, const float* __restrict__ partial,
                    const float* __restrict__ stats, const int* __restrict__ plan,
                    bf16* __restrict__ out, int ldo, int heads, int headDim) {
  Step rows(step, maxRows);
  ChunkPlan of{plan, maxRows};
  int row = of.first_row() + blockIdx.x, head = blockIdx.y;
  if (row >= of.end_row()) {
    return;
  }
  int chunks = chunks_of(rows, row);
  size_t item = of.first_item(row);
  for (int d = threadIdx.x; d < headDim; d += kAttentionThreads) {
    Merge merge = Merge::none();
    float value = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      size_t at = (item + chunk) * heads + head;
      merge.add(make_float2(stats[at * 2], stats[at * 2 + 1]));
      value = merge.merged(value, partial[at * headDim + d]);
    }
    out[(size_t)row * ldo + head * headDim + d] = to_bf16(__fdiv_rn(value, merge.sum));
  }
  for (int i = heads * headDim + threadIdx.x; head == heads - 1 && i < ldo; i += kAttentionThreads) {
    out[(size_t)row * ldo + i] = to_bf16(0.f);
  }
}
DREX_KERNEL(drex_attn_merge)
