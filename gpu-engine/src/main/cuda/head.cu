// Heads: logits that stay in registers, and what is read of them.
#include "gemm.cuh"
#include "head.cuh"
#include "step.cuh"

constexpr int kHeadTiles = kHeadOutputs / kTile;
static_assert(kHeadTiles == kGemmWarps, "a warp for each tile of outputs");
constexpr int kLogitStride = kHeadOutputs + 1;
constexpr int kReduceRows = 32;  // rows whose logits are in shared memory at once, at most

// Logits of 128 tokens for `Rows` head rows: a warp per tile of 16, which walks all of K alone.
template <int Rows>
__device__ void head_logits(const bf16* __restrict__ tiles, int tileCount, int tile,
                            const bf16* __restrict__ x, int count, int firstRow, int kTiles,
                            float (&c)[Rows / 8][4]) {
  constexpr int stages = Rows <= 32 ? 4 : 2;
  int lane = threadIdx.x % kWarp;
  const uint4* weights = (const uint4*)tiles + (size_t)tile * kTiles * kWarp + lane;
  const bf16* inputs = x + (size_t)(firstRow + lane / 4) * kTiles * kTile + lane % 4 * 4;
  for (int k = 0; k < kTiles; k += stages) {
    uint4 a[stages];
    uint2 b[stages][Rows / 8];
#pragma unroll
    for (int s = 0; s < stages; s++) {
      bool is_there = k + s < kTiles && tile < tileCount;
      a[s] = is_there ? load_weights(weights + (size_t)(k + s) * kWarp) : uint4{0, 0, 0, 0};
#pragma unroll
      for (int r = 0; r < Rows / 8; r++) {
        bool has_row = k + s < kTiles && firstRow + r * 8 + lane / 4 < count;
        b[s][r] = has_row ? *(const uint2*)(inputs + ((size_t)r * 8 * kTiles + k + s) * kTile)
                          : uint2{0, 0};
      }
    }
#pragma unroll
    for (int s = 0; s < stages; s++) {
      if (k + s >= kTiles) {
        break;
      }
#pragma unroll
      for (int r = 0; r < Rows / 8; r++) {
        mma_tile(c[r], a[s], b[s][r]);
      }
    }
  }
}

// Stats of one row's logits of a vocabulary tile, by a warp.
__device__ LogitStats tile_stats(const float* logits, int firstToken, int vocab) {
  int lane = threadIdx.x % kWarp;
  LogitStats stats = LogitStats::none();
  for (int i = lane; i < kHeadOutputs && firstToken + i < vocab; i += kWarp) {
    stats.add_extremes(LogitStats::of(logits[i], firstToken + i));
  }
  stats = warp_extremes(stats);
  float sum = 0, spreads = 0;
  for (int i = lane; i < kHeadOutputs && firstToken + i < vocab; i += kWarp) {
    float below = __fadd_rn(stats.max, -logits[i]);
    float weight = exp_f32(-below);
    sum = __fadd_rn(sum, weight);
    spreads = __fmaf_rn(weight, below, spreads);
  }
  stats.sum = warp_sum(sum);
  stats.spreads = warp_sum(spreads);
  return stats;
}

template <int Rows>
__device__ void head_block(float* shared, Step rows, const bf16* tiles, const bf16* x, int kTiles,
                           int vocab, float* stats, int vocabTiles, float* logits, int ldl) {
  constexpr int at_once = Rows < kReduceRows ? Rows : kReduceRows;
  int count = rows.count(kHeads), first_row = blockIdx.x * Rows;
  int first_token = blockIdx.y * kHeadOutputs;
  int warp = threadIdx.x / kWarp, lane = threadIdx.x % kWarp;
  float c[Rows / 8][4] = {};
  head_logits<Rows>(tiles, (vocab + kTile - 1) / kTile, first_token / kTile + warp, x, count,
                    first_row, kTiles, c);
  bool is_stored = logits && (rows.flags() & kSomeHeadSamples);
#pragma unroll
  for (int from = 0; from < Rows; from += at_once) {
#pragma unroll
    for (int r = from / 8; r < (from + at_once) / 8; r++) {
#pragma unroll
      for (int i = 0; i < 4; i++) {
        int row = r * 8 - from + lane % 4 * 2 + i % 2;
        shared[row * kLogitStride + warp * kTile + lane / 4 + i / 2 * 8] = c[r][i];
      }
    }
    __syncthreads();
    for (int row = warp; row < min(at_once, count - first_row - from); row += kGemmWarps) {
      size_t head = first_row + from + row;
      const float* of_row = shared + row * kLogitStride;
      LogitStats of_tile = tile_stats(of_row, first_token, vocab);
      if (lane == 0) {
        of_tile.write(stats + (head * vocabTiles + blockIdx.y) * kStatsWords);
      }
      for (int i = lane; is_stored && i < kHeadOutputs && first_token + i < vocab; i += kWarp) {
        logits[head * ldl + first_token + i] = of_row[i];
      }
    }
    __syncthreads();
  }
}

// Stats [head][vocabTiles][8] of the head rows' logits, which are kept in logits f32 [head][ldl] only
// if that is not null and some head row samples. tiles: weights of vocab outputs; x bf16
// [head][16 · kTiles]. Grid (ceil(heads / Rows), vocabTiles = ceil(vocab / 128)), block 256.
//
// It reads 2 · vocab · k bytes of weights, and 4 bytes of stats for 16 tokens and a head in place of 4
// for each token's logit. A vocabulary of 32,000 and k of 4,096 are 61 µs of an H200's 4.3 TB/s
// (computed, not measured), as 0.65 layers of a Llama-2-7B.
#define DREX_HEAD_GEMM(ROWS)                                                                       \
  extern "C" __global__ void __launch_bounds__(kGemmThreads, 1) drex_head_gemm_##ROWS(             \
      const int* __restrict__ step, int maxRows, const bf16* __restrict__ tiles,                   \
      const bf16* __restrict__ x, int kTiles, int vocab, float* __restrict__ stats,                \
      int vocabTiles, float* __restrict__ logits, int ldl) {                                       \
    __shared__ float shared[(ROWS < kReduceRows ? ROWS : kReduceRows) * kLogitStride];             \
    Step rows(step, maxRows);                                                                      \
    if ((int)blockIdx.x * ROWS < rows.count(kHeads)) {                                             \
      head_block<ROWS>(shared, rows, tiles, x, kTiles, vocab, stats, vocabTiles, logits, ldl);     \
    }                                                                                              \
  }                                                                                                \
  DREX_KERNEL(drex_head_gemm_##ROWS)

DREX_HEAD_GEMM(8)
DREX_HEAD_GEMM(32)
DREX_HEAD_GEMM(128)

// Ordinals of io.drex.model.ConfidenceMetric.
enum Metric { kMargin, kMaxProb, kEntropy, kLogitMargin, kHiddenCosine };

__device__ float confidence(const LogitStats& row, int metric, int vocab, float cosine) {
  switch (metric) {
    case kMargin:
      return __fdiv_rn(__fadd_rn(1.f, -exp_f32(__fadd_rn(row.second, -row.max))), row.sum);
    case kMaxProb:
      return __fdiv_rn(1.f, row.sum);
    case kEntropy: {
      double entropy = log((double)row.sum) + (double)row.spreads / row.sum;
      double certainty = vocab == 1 ? 1 : 1 - entropy / log((double)vocab);
      return (float)(certainty < 0 ? 0. : certainty > 1 ? 1. : certainty);
    }
    case kLogitMargin:
      return __fadd_rn(row.max, -row.second);
    default:
      return cosine;
  }
}

// What a head says of its row, from the stats of all vocabulary tiles, merged in an order that
// vocabTiles fixes. verdict f32 [head][4]: {max, Σ exp, token, is finite} for drex_sample. readings
// [head][4]: {f32 confidence, i32 token or −1 where some logit is not finite, f32 log probability of
// the token, i32 the call}; it may be host memory. Where some head samples, drex_sample writes the call.
// Grid (heads), block 32.
extern "C" __global__ void __launch_bounds__(kWarp)
    drex_head_decide(const int* __restrict__ step, int maxRows, const float* __restrict__ stats,
                     int vocabTiles, int vocab, int metric, const float* __restrict__ cosine,
                     float* __restrict__ verdict, float* __restrict__ readings) {
  Step rows(step, maxRows);
  int head = blockIdx.x, lane = threadIdx.x;
  if (head >= rows.count(kHeads)) {
    return;
  }
  LogitStats row = LogitStats::none();
  for (int tile = lane; tile < vocabTiles; tile += kWarp) {
    row.add(LogitStats::read(stats + ((size_t)head * vocabTiles + tile) * kStatsWords));
  }
  LogitStats all = warp_extremes(row);
  // A lane without tiles has a sum of 0 and a max of −∞, which exp clamps.
  float factor = exp_f32(__fadd_rn(row.max, -all.max));
  float spreads = row.sum > 0 ? __fmaf_rn(__fadd_rn(all.max, -row.max), row.sum, row.spreads) : 0.f;
  all.sum = warp_sum(__fmul_rn(row.sum, factor));
  all.spreads = warp_sum(__fmul_rn(spreads, factor));
  if (lane > 0) {
    return;
  }
  float* said = verdict + (size_t)head * 4;
  said[0] = all.max;
  said[1] = all.sum;
  said[2] = __int_as_float(all.token);
  said[3] = __int_as_float(all.is_finite);
  float* reading = readings + (size_t)head * 4;
  bool is_finite = all.is_finite;
  reading[0] = is_finite ? confidence(all, metric, vocab, cosine ? cosine[head] : 0.f) : 0.f;
  reading[1] = __int_as_float(is_finite ? all.token : -1);
  reading[2] = is_finite ? log_prob(all.max, all.max, all.sum) : 0.f;
  if (!(rows.flags() & kSomeHeadSamples)) {
    sign(reading, rows.call());
  }
}
DREX_KERNEL(drex_head_decide)
