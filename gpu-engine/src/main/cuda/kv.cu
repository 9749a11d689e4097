// What writes the KV cache and its token tables; see cells.cuh.
#include "cells.cuh"
#include "numbers.cuh"
#include "step.cuh"

// tok[table][position] = entries[row], of one segment's tables. Grid (ceil(rows / 256)), block 256.
extern "C" __global__ void __launch_bounds__(256)
    drex_kv_entries(const int* __restrict__ step, int maxRows, const int* __restrict__ entries,
                    int* __restrict__ tok, int maxPositions) {
  Step rows(step, maxRows);
  int row = blockIdx.x * blockDim.x + threadIdx.x;
  if (row < rows.count(kRows)) {
    tok[(size_t)rows.table(row) * maxPositions + rows.position(row)] = entries[row];
  }
}
DREX_KERNEL(drex_kv_entries)

// One head of a projected row: normed, rotated, and put where it belongs. A warp per head, lanes
// side by side on its elements.
struct ProjectedHead {
  float* x;  // [headDim]
  int dim, lane;

  // x · 1/rms · weight.
  __device__ void norm(const float* weight, float eps) const {
    float squares = 0;
    for (int d = lane; d < dim; d += kWarp) {
      squares = __fmaf_rn(x[d], x[d], squares);
    }
    float scale = norm_scale(warp_sum(squares), dim, eps);
    for (int d = lane; d < dim; d += kWarp) {
      x[d] = __fmul_rn(__fmul_rn(x[d], scale), weight[d]);
    }
    __syncwarp();
  }

  // Elements i and i + half are a pair; cos and sin [half] are those of the row's position.
  __device__ void rotate(const float* cos, const float* sin) const {
    int half = dim / 2;
    for (int i = lane; i < half; i += kWarp) {
      float a = x[i], b = x[i + half];
      x[i] = __fmaf_rn(a, cos[i], -__fmul_rn(b, sin[i]));
      x[i + half] = __fmaf_rn(b, cos[i], __fmul_rn(a, sin[i]));
    }
    __syncwarp();
  }

  __device__ void write(bf16* to) const {
    for (int d = lane; d < cell_head(dim); d += kWarp) {
      to[d] = to_bf16(d < dim ? x[d] : 0.f);
    }
  }
};

// Norms (where there are weights) and rotates the queries and keys of qkv [row][ldq] in place, and
// writes K and V to the cells that the rows' tables name, which are their own segment's. Heads below
// firstHead are left alone. Grid (rows, ceil((heads + 2 kvHeads − firstHead) / 4)), block 128.
extern "C" __global__ void __launch_bounds__(128)
    drex_rope_kv_write(const int* __restrict__ step, int maxRows, float* __restrict__ qkv, int ldq,
                       const float* __restrict__ cos, const float* __restrict__ sin,
                       const float* __restrict__ queryNorm, const float* __restrict__ keyNorm,
                       float eps, const int* __restrict__ tok, int maxPositions,
                       const long long* __restrict__ kvBase, int layer, int heads, int kvHeads,
                       int headDim, int firstHead) {
  Step rows(step, maxRows);
  int row = blockIdx.x;
  int warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
  int which = firstHead + blockIdx.y * 4 + warp;  // queries, keys, values
  if (row >= rows.count(kRows) || which >= heads + 2 * kvHeads) {
    return;
  }
  ProjectedHead head{qkv + (size_t)row * ldq + (size_t)which * headDim, headDim, lane};
  int position = rows.position(row);
  if (which < heads + kvHeads) {
    const float* weight = which < heads ? queryNorm : keyNorm;
    if (weight) {
      head.norm(weight, eps);
    }
    size_t angle = (size_t)position * (headDim / 2);
    head.rotate(cos + angle, sin + angle);
  }
  if (which >= heads) {
    int cell = tok[(size_t)rows.table(row) * maxPositions + position];
    int width = cell_head(headDim);
    bf16* to = layer_cells(kvBase, layer) + (size_t)cell * 2 * kvHeads * width;
    head.write(to + (size_t)(which - heads) * width);
  }
}
DREX_KERNEL(drex_rope_kv_write)

// Copies the rows' cells of exitSegment's last layer to those of layer firstLayer + blockIdx.y, which
// is of a deeper segment. tokAll: tables of all segments, segmentStride entries apart. Grid (rows,
// layers − firstLayer), block 128.
extern "C" __global__ void __launch_bounds__(128)
    drex_kv_copy(const int* __restrict__ step, int maxRows, int exitSegment, int firstLayer,
                 const int* __restrict__ tokAll, long long segmentStride, int maxPositions,
                 const long long* __restrict__ kvBase, const int* __restrict__ lastLayer,
                 const int* __restrict__ layerSegment, int cellElements) {
  Step rows(step, maxRows);
  int row = blockIdx.x;
  if (row >= rows.count(kRows)) {
    return;
  }
  int layer = firstLayer + blockIdx.y;
  size_t at = (size_t)rows.table(row) * maxPositions + rows.position(row);
  int source = tokAll[exitSegment * segmentStride + at];
  int target = tokAll[layerSegment[layer] * segmentStride + at];
  const bf16* from = layer_cells(kvBase, lastLayer[exitSegment]) + (size_t)source * cellElements;
  bf16* to = layer_cells(kvBase, layer) + (size_t)target * cellElements;
  for (int i = threadIdx.x; i < cellElements / 8; i += blockDim.x) {
    ((uint4*)to)[i] = ((const uint4*)from)[i];
  }
}
DREX_KERNEL(drex_kv_copy)
