// Attention of prompt rows; see prefill.cuh.
#include "prefill.cuh"

template <int D>
__device__ void attend_prompt(PrefillShared<D>& shared, Step rows, const float* qkv, int ldq,
                              bf16* out, int ldo, const int* tok, int maxPositions,
                              const long long* kvBase, const int* lastLayer, int layer,
                              AttentionShape shape) {
  int tile = blockIdx.x, head = blockIdx.y;
  int row = rows.tile_row(tile), count = rows.tile_end(tile) - row;
  const int* table = tok + (size_t)rows.table(row) * maxPositions;
  PrefillBlock<D> block(shared, shape, rows.position(row), count,
                        head / shape.group());
  block.load_queries(qkv + (size_t)row * ldq + (size_t)head * shape.headDim, ldq);
  block.run(table, kvBase, lastLayer, layer);
  bf16* first = out + (size_t)row * ldo;
  block.store(first + (size_t)head * shape.headDim, ldo);
  int used = shape.heads * shape.headDim, unused = ldo - used;
  for (int i = threadIdx.x; head == shape.heads - 1 && i < count * unused; i += kPrefillThreads) {
    first[(size_t)(i / unused) * ldo + used + i % unused] = to_bf16(0.f);
  }
}

// As attention.cu has its arguments; out bf16 [row][ldo] holds heads · headDim elements, and zeros up
// to ldo. A name's last number is the largest head. Grid (tiles of prompt rows, heads), block 128.
//
// A row has 12 · headDim operations a head for each position that it attends to, three times what
// queries and weights of bf16 would need: over 2,048 positions of a Llama-2-7B, 12 % of what the linear
// layers have (computed).
#define DREX_ATTN_PREFILL(D)                                                                       \
  extern "C" __global__ void __launch_bounds__(kPrefillThreads, 2) drex_attn_prefill_##D(          \
      const int* __restrict__ step, int maxRows, const float* __restrict__ qkv, int ldq,           \
      bf16* __restrict__ out, int ldo, const int* __restrict__ tok, int maxPositions,              \
      const long long* __restrict__ kvBase, const int* __restrict__ lastLayer, int layer,          \
      int heads, int kvHeads, int headDim, float scale) {                                          \
    __shared__ PrefillShared<D> shared;                                                            \
    Step rows(step, maxRows);                                                                      \
    if ((int)blockIdx.x < rows.tiles()) {                                                          \
      attend_prompt<D>(shared, rows, qkv, ldq, out, ldo, tok, maxPositions, kvBase, lastLayer,     \
                       layer, AttentionShape{heads, kvHeads, headDim, scale});                       \
    }                                                                                              \
  }                                                                                                \
  DREX_KERNEL(drex_attn_prefill_##D)

DREX_ATTN_PREFILL(64)
DREX_ATTN_PREFILL(128)
DREX_ATTN_PREFILL(256)
