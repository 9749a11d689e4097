// Choosing a token from a row of logits, as io.drex.device.Sampling says and to the token that
// io.drex.device.cpu.kernel.TokenSampler chooses. One block per row. All sums are of integers, so
// that a choice depends on the row's logits, seed and position alone.
#pragma once
#include "numbers.cuh"

constexpr int kSampleThreads = 1024;
constexpr int kDigits = 2048;  // values of a radix digit, at most
constexpr int kSampleWarps = kSampleThreads / kWarp;

using Units = long long;  // of 2^-40 of the likeliest token's weight, or tokens

struct SampleShared {
  unsigned long long amounts[kDigits];
  Units warps[kSampleWarps];
  unsigned long long best[kSampleWarps];
  int digit, token;
  Units wanted;
};

// The sum over the threads before this one; `total` is that over all.
__device__ Units block_prefix(SampleShared& shared, Units mine, Units* total) {
  int lane = threadIdx.x % kWarp, warp = threadIdx.x / kWarp;
  Units upTo = mine;
#pragma unroll
  for (int by = 1; by < kWarp; by *= 2) {
    Units other = __shfl_up_sync(kAllLanes, upTo, by);
    upTo += lane >= by ? other : 0;
  }
  if (lane == kWarp - 1) {
    shared.warps[warp] = upTo;
  }
  __syncthreads();
  Units before = 0, all = 0;
  for (int w = 0; w < kSampleWarps; w++) {
    before += w < warp ? shared.warps[w] : 0;
    all += shared.warps[w];
  }
  __syncthreads();
  *total = all;
  return before + upTo - mine;
}

// Greater for a greater logit; both zeros have the same.
__device__ unsigned logit_key(float logit) {
  unsigned bits = __float_as_uint(__fadd_rn(logit, 0.f));
  return bits ^ ((bits >> 31) ? 0xffffffffu : 0x80000000u);
}

// The lowest of the tokens with the largest logit.
__device__ int likeliest(SampleShared& shared, const float* logits, int vocab) {
  unsigned long long best = 0;
  for (int token = threadIdx.x; token < vocab; token += kSampleThreads) {
    best = max(best, (unsigned long long)logit_key(logits[token]) << 32 | (unsigned)~token);
  }
#pragma unroll
  for (int bits = kWarp / 2; bits > 0; bits /= 2) {
    best = max(best, __shfl_xor_sync(kAllLanes, best, bits));
  }
  if (threadIdx.x % kWarp == 0) {
    shared.best[threadIdx.x / kWarp] = best;
  }
  __syncthreads();
  for (int warp = 0; warp < kSampleWarps; warp++) {
    best = max(best, shared.best[warp]);
  }
  __syncthreads();
  return (int)~(unsigned)best;
}

// Where the list of tokens, likeliest first and equal ones by id, is cut.
struct Cut {
  bool by_weight = false;
  unsigned last_key = 0;  // of the last token of the list; 0 is below every finite logit's
  Units of_last_key = 0;  // what tokens with that key add before the list is cut
};

struct Sampler {
  SampleShared& shared;
  const float* logits;
  int vocab;
  float max, temperature;
  Cut cut;

  __device__ float weight(int token) const {
    return exp_f32(__fdiv_rn(__fadd_rn(logits[token], -max), temperature));
  }
  __device__ Units units(int token) const {
    return (Units)__fmul_rn(weight(token), 1099511627776.f);
  }
  __device__ Units amount(int token) const { return cut.by_weight ? units(token) : 1; }

  // amounts[digit] += mine, for the lanes that are wanted. Many lanes have few digits among them: one
  // adds for all that share its own.
  __device__ void add_amounts(bool isWanted, unsigned digit, Units mine) const {
    unsigned left;
    while ((left = __ballot_sync(kAllLanes, isWanted)) != 0) {
      int leader = __ffs(left) - 1;
      unsigned shared_digit = __shfl_sync(kAllLanes, digit, leader);
      bool is_shared = isWanted && digit == shared_digit;
      Units sum = is_shared ? mine : 0;
#pragma unroll
      for (int bits = kWarp / 2; bits > 0; bits /= 2) {
        sum += __shfl_xor_sync(kAllLanes, sum, bits);
      }
      if ((int)threadIdx.x % kWarp == leader) {
        atomicAdd(&shared.amounts[shared_digit], (unsigned long long)sum);
      }
      isWanted &= !is_shared;
    }
  }

  // Cuts the list so that it just holds so many tokens or units; the whole of it holds as many.
  __device__ void find(bool byWeight, Units target) {
    const int shifts[] = {21, 10, 0};
    const unsigned digits[] = {0x7ff, 0x7ff, 0x3ff};
    cut.by_weight = byWeight;
    unsigned known = 0, last_key = 0;
    Units wanted = target;
    for (int level = 0; level < 3; level++) {
      for (int i = threadIdx.x; i < kDigits; i += kSampleThreads) {
        shared.amounts[i] = 0;
      }
      __syncthreads();
      for (int from = 0; from < vocab; from += kSampleThreads) {
        int token = from + threadIdx.x;
        unsigned key = token < vocab ? logit_key(logits[token]) : 0;
        bool is_wanted = token < vocab && (key & known) == last_key;
        unsigned digit = key >> shifts[level] & digits[level];
        add_amounts(is_wanted, digit, is_wanted ? amount(token) : 0);
      }
      __syncthreads();
      find_digit(wanted);
      last_key |= (unsigned)shared.digit << shifts[level];
      known |= digits[level] << shifts[level];
      wanted = shared.wanted;
      __syncthreads();
    }
    cut.last_key = last_key;
    cut.of_last_key = wanted;
  }

  // The digit, from the largest down, at which the amounts reach what is wanted, and how much of its
  // own that takes.
  __device__ void find_digit(Units wanted) {
    constexpr int each = kDigits / kSampleThreads;
    int top = kDigits - 1 - (int)threadIdx.x * each;
    Units mine = 0, total;
    for (int i = 0; i < each; i++) {
      mine += (Units)shared.amounts[top - i];
    }
    Units before = block_prefix(shared, mine, &total);
    if (before < wanted && wanted <= before + mine) {
      int digit = top;
      while (before + (Units)shared.amounts[digit] < wanted) {
        before += (Units)shared.amounts[digit];
        digit--;
      }
      shared.digit = digit;
      shared.wanted = wanted - before;
    }
    __syncthreads();
  }

  // A walk over this thread's share of the tokens, in the order of ids.
  struct Walk {
    int token, end;
    Units left;  // of cut.of_last_key
  };

  __device__ Walk walk() {
    int each = (vocab + kSampleThreads - 1) / kSampleThreads;
    int from = min((int)threadIdx.x * each, vocab), end = min(from + each, vocab);
    Units mine = 0, total;
    for (int token = from; token < end; token++) {
      mine += logit_key(logits[token]) == cut.last_key ? amount(token) : 0;
    }
    return {from, end, cut.of_last_key - block_prefix(shared, mine, &total)};
  }

  // Units of the walk's next token if the list keeps it; 0 otherwise.
  __device__ Units next(Walk& walk, float minWeight) const {
    int token = walk.token++;
    unsigned key = logit_key(logits[token]);
    bool is_kept = key > cut.last_key;
    if (key == cut.last_key) {
      is_kept = walk.left > 0;
      walk.left -= amount(token);
    }
    return is_kept && weight(token) >= minWeight ? units(token) : 0;
  }

  __device__ Units units_of(Walk walk, float minWeight) const {
    Units sum = 0;
    while (walk.token < walk.end) {
      sum += next(walk, minWeight);
    }
    return sum;
  }

  __device__ Units units_kept() {
    Units total;
    block_prefix(shared, units_of(walk(), 0), &total);
    return total;
  }

  __device__ int draw(float minWeight, unsigned long long randomBits) {
    Walk mine = walk();
    Units units = units_of(mine, minWeight), kept;
    Units before = block_prefix(shared, units, &kept);
    // 63 random bits times what is kept, over 2^63: in [0, kept).
    Units rest = (Units)__umul64hi(randomBits >> 1, (unsigned long long)kept << 1);
    if (before <= rest && rest < before + units) {
      Units sum = before;
      while (sum <= rest) {
        sum += next(mine, minWeight);
      }
      shared.token = mine.token - 1;
    }
    __syncthreads();
    return shared.token;
  }
};
