// Hidden states: f32 [slot][d], where a row's state stays from its first layer to its last.
#include "numbers.cuh"
#include "step.cuh"
#include "tiles.cuh"

// hidden[slot[row]] = embedding of token[row]. Grid (rows), block 256.
// tiles: the embedding as GEMM weights, outputs are tokens.
extern "C" __global__ void __launch_bounds__(256)
    drex_embed_gather(const int* __restrict__ step, int maxRows, float* __restrict__ hidden,
                      const bf16* __restrict__ tiles, int d, int kTiles) {
  Step rows(step, maxRows);
  int row = blockIdx.x;
  if (row >= rows.count(kRows)) {
    return;
  }
  int token = rows.token(row);
  float* state = hidden + rows.state(kRows, row) * d;
  for (int k = threadIdx.x; k < d; k += blockDim.x) {
    state[k] = to_f32(tiles[tile_offset(token, k, kTiles)]);
  }
}
DREX_KERNEL(drex_embed_gather)

// out[i][0, d) = state · 1/rms · weight in bf16, or the state itself where weight is null; zero in
// [d, d rounded up to 16). Grid (rows), block 256; index as in step.cuh.
extern "C" __global__ void __launch_bounds__(256)
    drex_rmsnorm_gather(const int* __restrict__ step, int maxRows, int index,
                        const float* __restrict__ states, const float* __restrict__ weight,
                        bf16* __restrict__ out, int d, float eps) {
  __shared__ float partial[kWarp];
  Step rows(step, maxRows);
  int i = blockIdx.x;
  if (i >= rows.count(index)) {
    return;
  }
  const float* state = states + rows.state(index, i) * d;
  float squares = 0;
  for (int k = threadIdx.x; weight && k < d; k += blockDim.x) {
    squares = __fmaf_rn(state[k], state[k], squares);
  }
  float scale = weight ? norm_scale(block_sum(squares, partial), d, eps) : 1.f;
  int width = round_up(d, 16);
  for (int k = threadIdx.x; k < width; k += blockDim.x) {
    float normed = k >= d ? 0.f : weight ? state[k] * scale * weight[k] : state[k];
    out[(size_t)i * width + k] = to_bf16(normed);
  }
}
DREX_KERNEL(drex_rmsnorm_gather)

// kept[head] = the state of a head row as it enters its segment. Grid (heads), block 256.
extern "C" __global__ void __launch_bounds__(256)
    drex_keep_entry(const int* __restrict__ step, int maxRows, const float* __restrict__ hidden,
                    float* __restrict__ kept, int d) {
  Step rows(step, maxRows);
  int head = blockIdx.x;
  if (head >= rows.count(kHeads)) {
    return;
  }
  const float* state = hidden + rows.state(kHeads, head) * d;
  for (int k = threadIdx.x; k < d; k += blockDim.x) {
    kept[(size_t)head * d + k] = state[k];
  }
}
DREX_KERNEL(drex_keep_entry)

// cosine[head] = of the head row's state and the one that was kept, in [-1, 1]; 0 if there is none.
// Grid (heads), block 256.
extern "C" __global__ void __launch_bounds__(256)
    drex_cosine(const int* __restrict__ step, int maxRows, const float* __restrict__ hidden,
                const float* __restrict__ kept, float* __restrict__ cosine, int d) {
  __shared__ float partial[kWarp];
  Step rows(step, maxRows);
  int head = blockIdx.x;
  if (head >= rows.count(kHeads)) {
    return;
  }
  const float* now = hidden + rows.state(kHeads, head) * d;
  const float* then = kept + (size_t)head * d;
  float now_now = 0, then_then = 0, now_then = 0;
  for (int k = threadIdx.x; k < d; k += blockDim.x) {
    now_now = __fmaf_rn(now[k], now[k], now_now);
    then_then = __fmaf_rn(then[k], then[k], then_then);
    now_then = __fmaf_rn(now[k], then[k], now_then);
  }
  now_now = block_sum(now_now, partial);
  then_then = block_sum(then_then, partial);
  now_then = block_sum(now_then, partial);
  if (threadIdx.x == 0) {
    double squares = (double)now_now * then_then;
    double value = now_then / sqrt(squares);
    bool is_defined = squares > 0 && squares <= 1.7976931348623157e308;
    cosine[head] = is_defined ? (float)(value < -1 ? -1. : value > 1 ? 1. : value) : 0.f;
  }
}
DREX_KERNEL(drex_cosine)
