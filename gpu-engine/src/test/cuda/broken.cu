// Kernels with the faults that the emulator must find; in no product.
#include "platform.cuh"

extern "C" __global__ void drex_broken_block_barrier(int* out) {
  if (threadIdx.x < 32) {
    __syncthreads();
  }
  out[threadIdx.x] = 1;
}
DREX_KERNEL(drex_broken_block_barrier)

extern "C" __global__ void drex_broken_shuffle(int* out) {
  int value = threadIdx.x;
  if (threadIdx.x % 32 != 5) {
    value = __shfl_xor_sync(0xffffffffu, value, 1);
  }
  out[threadIdx.x] = value;
}
DREX_KERNEL(drex_broken_shuffle)

extern "C" __global__ void drex_broken_bounds(int* out) { out[threadIdx.x] = 1; }
DREX_KERNEL(drex_broken_bounds)

// What a thread finds in shared memory that nobody wrote.
extern "C" __global__ void drex_broken_shared(int* out) {
  __shared__ int shared[32];
  out[threadIdx.x] = shared[threadIdx.x];
}
DREX_KERNEL(drex_broken_shared)
