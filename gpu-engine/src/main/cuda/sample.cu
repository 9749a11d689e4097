// Sampling; see sample.cuh.
#include "head.cuh"
#include "sample.cuh"
#include "split_mix.cuh"
#include "step.cuh"

// A head's row of parameters, 8 int32.
struct SampleParams {
  const int* words;

  __device__ float temperature() const { return __int_as_float(words[0]); }
  __device__ int top_k() const { return words[1]; }
  __device__ float top_p() const { return __int_as_float(words[2]); }
  __device__ float min_p() const { return __int_as_float(words[3]); }
  __device__ float penalty() const { return __int_as_float(words[4]); }
  __device__ unsigned long long seed() const {
    return (unsigned)words[5] | (unsigned long long)(unsigned)words[6] << 32;
  }
  __device__ int history_offset() const { return words[7]; }
};

__device__ float penalise(float logit, float penalty) {
  float result = logit > 0 ? __fdiv_rn(logit, penalty) : __fmul_rn(logit, penalty);
  return fminf(3.402823466e38f, fmaxf(-3.402823466e38f, result));
}

// Replaces token and log probability in readings for the head rows that are not greedy, after
// drex_head_decide, and signs the readings of all. logits f32 [head][ldl]; penalised: scratch of that
// shape; params int32 [head][8] {temperature, topK, topP, minP, penalty, seed low, seed high,
// historyOffset}; the sequence's tokens by position start at history + historyOffset, and are read
// where the penalty is not 1. Grid (heads), block 1024.
//
// Nothing is __restrict__: `choices` is either the logits or what this kernel wrote, and a pointer
// merged of restricted ones is read through the cache that does not see writes.
extern "C" __global__ void __launch_bounds__(kSampleThreads)
    drex_sample(const int* step, int maxRows, const float* logits, float* penalised, int ldl,
                int vocab, const int* params, const int* history, const float* verdict,
                float* readings) {
  __shared__ SampleShared shared;
  Step rows(step, maxRows);
  int head = blockIdx.x;
  if (head >= rows.count(kHeads)) {
    return;
  }
  SampleParams how{params + (size_t)head * 8};
  const float* said = verdict + (size_t)head * 4;
  float* reading = readings + (size_t)head * 4;
  bool is_greedy = how.temperature() == 0 && how.penalty() == 1;
  if (is_greedy || !__float_as_int(said[3])) {
    if (threadIdx.x == 0) {
      sign(reading, rows.call());
    }
    return;
  }
  int position = rows.position(rows.head_row(head));
  const float* row = logits + (size_t)head * ldl;
  const float* choices = row;
  int best = __float_as_int(said[2]);
  if (how.penalty() != 1) {
    float* mine = penalised + (size_t)head * ldl;
    for (int token = threadIdx.x; token < vocab; token += kSampleThreads) {
      mine[token] = row[token];
    }
    __syncthreads();
    for (int p = threadIdx.x; p <= position; p += kSampleThreads) {
      // From the logit itself, so that a token that occurs twice is penalised once.
      int token = history[how.history_offset() + p];
      mine[token] = penalise(row[token], how.penalty());
    }
    __syncthreads();
    choices = mine;
    best = likeliest(shared, choices, vocab);
  }
  int token = best;
  if (how.temperature() != 0) {
    Sampler sampler{shared, choices, vocab, choices[best], how.temperature(), Cut{}};
    if (how.top_k() > 0 && how.top_k() < vocab) {
      sampler.find(false, how.top_k());
    }
    if (how.top_p() < 1) {
      Units kept = sampler.units_kept();
      sampler.find(true, (Units)ceil((double)how.top_p() * (double)kept));
    }
    token = sampler.draw(how.min_p(), random_bits(how.seed(), position));
  }
  if (threadIdx.x == 0) {
    reading[1] = __int_as_float(token);
    reading[2] = log_prob(row[token], said[0], said[1]);
    sign(reading, rows.call());
  }
}
DREX_KERNEL(drex_sample)
