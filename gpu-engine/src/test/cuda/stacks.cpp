#include "stacks.h"

#include <sys/mman.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace emu {
namespace {
// Not a power of two, so that stacks do not share cache sets.
constexpr size_t kStack = 32 * 1024 + 5 * 64;
constexpr uint64_t kCanary = 0x5eed5eed5eed5eed;  // at a stack's low end

char* free_stacks[kMaxThreads];
int free_count = -1;  // none was made yet

uint64_t& canary(char* end) { return *(uint64_t*)(end - kStack); }

void make_stacks() {
  void* arena = mmap(nullptr, kMaxThreads * kStack, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (arena == MAP_FAILED) {
    fprintf(stderr, "emulated GPU: no memory for stacks\n");
    abort();
  }
  for (free_count = 0; free_count < kMaxThreads; free_count++) {
    char* end = (char*)arena + (kMaxThreads - free_count) * kStack;
    canary(end) = kCanary;
    free_stacks[free_count] = end;
  }
}
}  // namespace

char* take_stack() {
  if (free_count < 0) {
    make_stacks();
  }
  return free_stacks[--free_count];
}

bool give_back_stack(char* end) {
  free_stacks[free_count++] = end;
  return canary(end) == kCanary;
}
}  // namespace emu
