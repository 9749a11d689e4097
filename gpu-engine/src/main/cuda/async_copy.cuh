// Copies from global to shared memory that a thread asks for and waits for later, in groups.
#pragma once
#include "platform.cuh"

#ifdef DREX_EMU
__device__ void copy_async(uint4* to, const uint4* from, bool isThere) {
  emu_copy_async(to, isThere ? from : nullptr, sizeof *to);
}
__device__ void end_copy_group() { emu_end_copy_group(); }
template <int Later>
__device__ void wait_for_copies() {
  emu_wait_for_copies(Later);
}
#else
// *to = *from, or zeros without a look at `from`. Past the L1 cache.
__device__ __forceinline__ void copy_async(uint4* to, const uint4* from, bool isThere) {
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(
                   (unsigned)__cvta_generic_to_shared(to)),
               "l"(from), "r"(isThere ? 16 : 0)
               : "memory");
}

// Ends a group: of the copies that this thread asked for since the last.
__device__ __forceinline__ void end_copy_group() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

// Waits until at most the `Later` last groups of this thread are under way; other threads see what
// was copied after a barrier.
template <int Later>
__device__ __forceinline__ void wait_for_copies() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Later) : "memory");
}
#endif
