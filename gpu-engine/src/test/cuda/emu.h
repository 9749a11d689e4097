// What a .cu file needs of CUDA's language and headers, on a CPU. Threads of a block are fibers;
// blocks run one after another, so a shared array is one static array.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <tuple>
#include <utility>

#define __global__
#define __device__ inline
#define __forceinline__ inline
#define __noinline__
#define __launch_bounds__(...)
#define __restrict__
#define __align__(n) alignas(n)
#define __shared__ static __attribute__((section("emu_shared")))

struct dim3 {
  unsigned x = 1, y = 1, z = 1;
};
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

struct float2 {
  float x, y;
};
struct alignas(16) float4 {
  float x, y, z, w;
};
struct alignas(8) uint2 {
  unsigned x, y;
};
struct alignas(16) uint4 {
  unsigned x, y, z, w;
};
static inline float2 make_float2(float x, float y) { return {x, y}; }
static inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }

template <class To, class From>
static inline To emu_bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
static inline unsigned __float_as_uint(float f) { return emu_bits<unsigned>(f); }
static inline int __float_as_int(float f) { return emu_bits<int>(f); }
static inline float __uint_as_float(unsigned u) { return emu_bits<float>(u); }
static inline float __int_as_float(int i) { return emu_bits<float>(i); }

struct __nv_bfloat16 {
  uint16_t bits;
};
static inline float __bfloat162float(__nv_bfloat16 b) {
  return __uint_as_float((unsigned)b.bits << 16);
}
static inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits) { return {bits}; }
static inline __nv_bfloat16 __float2bfloat16_rn(float f) {
  unsigned u = __float_as_uint(f);
  if ((u & 0x7fffffff) > 0x7f800000) {
    return {0x7fff};
  }
  return {(uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16)};
}

// Never contracted, on either machine (the build forbids contraction here).
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return sqrtf(a); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline int __ffs(int bits) { return __builtin_ffs(bits); }
template <class T>
static inline T min(T a, T b) {
  return b < a ? b : a;
}
template <class T>
static inline T max(T a, T b) {
  return a < b ? b : a;
}
template <class T>
static inline T __ldg(const T* p) {
  return *p;
}

// Barriers; `site` is where in the text, the same for all threads that meet.
void emu_block_barrier(const char* site);
void emu_warp_barrier(const char* site);
// Memory that the running warp shares, as much for each lane. It alternates from call to call of a
// thread, so that one barrier between writing and reading is enough.
constexpr int kEmuLaneBytes = 64;
char* emu_exchange();

// Asynchronous copies to shared memory; without `from`, of zeros.
int emu_thread();  // that runs, of its block
void emu_copy_async(void* to, const void* from, size_t bytes);
void emu_end_copy_group();
void emu_wait_for_copies(int later);

#define EMU_TEXT2(x) #x
#define EMU_TEXT(x) EMU_TEXT2(x)
#define EMU_SITE __FILE__ ":" EMU_TEXT(__LINE__)
#define __syncthreads() emu_block_barrier(EMU_SITE)
#define __syncwarp() emu_warp_barrier(EMU_SITE)
#define __shfl_sync(mask, value, lane) emu_shuffle(mask, value, (lane)&31, EMU_SITE)
#define __shfl_xor_sync(mask, value, bits) \
  emu_shuffle(mask, value, (threadIdx.x & 31) ^ (bits), EMU_SITE)
#define __shfl_up_sync(mask, value, by) \
  emu_shuffle(mask, value, \
              (threadIdx.x & 31) < (unsigned)(by) ? (threadIdx.x & 31) : (threadIdx.x & 31) - (by), \
              EMU_SITE)
#define __ballot_sync(mask, predicate) emu_ballot(mask, predicate, EMU_SITE)
#define __any_sync(mask, predicate) (emu_ballot(mask, predicate, EMU_SITE) != 0)

void emu_check_mask(unsigned mask, const char* site);

template <class T>
T emu_shuffle(unsigned mask, T value, unsigned lane, const char* site) {
  static_assert(sizeof(T) <= kEmuLaneBytes);
  emu_check_mask(mask, site);
  T* exchange = (T*)emu_exchange();
  exchange[threadIdx.x & 31] = value;
  emu_warp_barrier(site);
  return exchange[lane];
}
static inline unsigned emu_ballot(unsigned mask, bool predicate, const char* site) {
  emu_check_mask(mask, site);
  bool* exchange = (bool*)emu_exchange();
  exchange[threadIdx.x & 31] = predicate;
  emu_warp_barrier(site);
  unsigned votes = 0;
  for (int lane = 0; lane < 32; lane++) {
    votes |= (unsigned)exchange[lane] << lane;
  }
  return votes;
}

static inline void __threadfence_system() {}

// Fibers do not pre-empt each other.
template <class T>
static inline T atomicAdd(T* to, T value) {
  T before = *to;
  *to += value;
  return before;
}
template <class T>
static inline T atomicMax(T* to, T value) {
  T before = *to;
  *to = max(before, value);
  return before;
}
template <class T>
static inline T atomicMin(T* to, T value) {
  T before = *to;
  *to = min(before, value);
  return before;
}

namespace emu {
using Body = std::function<void()>;
using Binder = Body (*)(void** parameters);  // copies the parameters, as a launch does

void register_kernel(const char* name, Binder binder);

template <class... P, size_t... I>
Body prepare(void (*kernel)(P...), void** parameters, std::index_sequence<I...>) {
  auto copies = std::make_tuple(*(std::decay_t<P>*)parameters[I]...);
  return [kernel, copies] { std::apply(kernel, copies); };
}
template <class... P>
Body prepare(void (*kernel)(P...), void** parameters) {
  return prepare(kernel, parameters, std::index_sequence_for<P...>{});
}
struct Registration {
  Registration(const char* name, Binder binder) { register_kernel(name, binder); }
};
}  // namespace emu

#define DREX_KERNEL(name) \
  static emu::Registration emu_registration_##name( \
      #name, [](void** parameters) { return emu::prepare(name, parameters); });
