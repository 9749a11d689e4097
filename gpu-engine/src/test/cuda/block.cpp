#include "block.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "memory.h"

#ifndef __x86_64__
#error "the emulator's fibers are written for x86-64"
#endif

dim3 threadIdx, blockIdx, blockDim, gridDim;

// Saves the callee-saved registers and the stack pointer of one fiber; restores another's.
extern "C" void emu_switch(void** save, void* restore);
asm(R"(
.text
.globl emu_switch
.hidden emu_switch
.type emu_switch,@function
emu_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size emu_switch,.-emu_switch
)");

extern "C" char __start_emu_shared[] __attribute__((weak, visibility("hidden")));
extern "C" char __stop_emu_shared[] __attribute__((weak, visibility("hidden")));

namespace emu {
namespace {
constexpr int kWarp = 32;
constexpr int kMaxThreads = 1024;
constexpr size_t kStack = 128 * 1024;
constexpr int kSavedRegisters = 6;

enum class State { kReady, kAtBlock, kAtWarp, kDone };

struct Fiber {
  void* stack_pointer;
  char* stack_top;
  dim3 index;
  State state;
  const char* site;
  int exchange;
};

Fiber fibers[kMaxThreads];
int prepared = 0;
void* scheduler;
Fiber* running;
const Body* body;
alignas(64) char exchanges[kMaxThreads / kWarp][2][kWarp * kEmuLaneBytes];

[[noreturn]] void die(const char* what, const char* site) {
  fprintf(stderr, "emulated GPU: %s at %s (block %u,%u,%u)\n", what, site ? site : "the kernel's end",
          blockIdx.x, blockIdx.y, blockIdx.z);
  abort();
}

void fiber_main() {
  (*body)();
  running->state = State::kDone;
  running->site = nullptr;
  emu_switch(&running->stack_pointer, scheduler);
  abort();
}

void prepare(int threads) {
  for (; prepared < threads; prepared++) {
    char* stack = (char*)mmap(nullptr, kStack, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED || mprotect(stack, kPage, PROT_NONE) != 0) {
      die("no memory for fibers", "a launch");
    }
    fibers[prepared].stack_top = stack + kStack;
  }
}

void start(Fiber& fiber) {
  // The entry finds the stack as after a call: 16-byte aligned plus a return address.
  void** top = (void**)(fiber.stack_top - 16);
  *--top = nullptr;
  *--top = (void*)fiber_main;
  top -= kSavedRegisters;
  fiber.stack_pointer = top;
  fiber.state = State::kReady;
  fiber.exchange = 0;
}

void resume(Fiber& fiber) {
  running = &fiber;
  threadIdx = fiber.index;
  emu_switch(&scheduler, fiber.stack_pointer);
}

void wait(State state, const char* site) {
  Fiber* self = running;
  self->state = state;
  self->site = site;
  emu_switch(&self->stack_pointer, scheduler);
}

// Runs a warp until all its lanes are at a block barrier, or done.
State run_warp(int first, int end) {
  for (;;) {
    for (int i = first; i < end; i++) {
      if (fibers[i].state == State::kReady) {
        resume(fibers[i]);
      }
    }
    for (int i = first + 1; i < end; i++) {
      if (fibers[i].state != fibers[first].state || fibers[i].site != fibers[first].site) {
        bool is_first = fibers[first].state != State::kDone;
        die("lanes of a warp part at a barrier", is_first ? fibers[first].site : fibers[i].site);
      }
    }
    if (fibers[first].state != State::kAtWarp) {
      return fibers[first].state;
    }
    for (int i = first; i < end; i++) {
      fibers[i].state = State::kReady;
    }
  }
}

void run_block(int threads) {
  for (int i = 0; i < threads; i++) {
    start(fibers[i]);
  }
  for (;;) {
    for (int first = 0; first < threads; first += kWarp) {
      State state = run_warp(first, std::min(first + kWarp, threads));
      if (state != fibers[0].state || fibers[first].site != fibers[0].site) {
        die("warps of a block part at a barrier",
            fibers[0].site ? fibers[0].site : fibers[first].site);
      }
    }
    if (fibers[0].state == State::kDone) {
      return;
    }
    for (int i = 0; i < threads; i++) {
      fibers[i].state = State::kReady;
    }
  }
}
}  // namespace

void poison_shared() {
  if (__start_emu_shared) {
    memset(__start_emu_shared, 0xCD, __stop_emu_shared - __start_emu_shared);
  }
}

void run_grid(dim3 grid, dim3 block, const Body& kernel) {
  int threads = block.x * block.y * block.z;
  prepare(threads);
  for (int i = 0; i < threads; i++) {
    unsigned x = i % block.x, y = i / block.x % block.y, z = i / block.x / block.y;
    fibers[i].index = dim3{x, y, z};
  }
  body = &kernel;
  gridDim = grid;
  blockDim = block;
  for (unsigned z = 0; z < grid.z; z++) {
    for (unsigned y = 0; y < grid.y; y++) {
      for (unsigned x = 0; x < grid.x; x++) {
        blockIdx = dim3{x, y, z};
        run_block(threads);
      }
    }
  }
}
}  // namespace emu

void emu_block_barrier(const char* site) { emu::wait(emu::State::kAtBlock, site); }
void emu_warp_barrier(const char* site) { emu::wait(emu::State::kAtWarp, site); }

char* emu_exchange() {
  emu::Fiber* self = emu::running;
  self->exchange ^= 1;
  return emu::exchanges[(self - emu::fibers) / emu::kWarp][self->exchange];
}

void emu_check_mask(unsigned mask, const char* site) {
  if (mask != 0xffffffffu) {
    emu::die("a warp operation of some lanes only", site);
  }
}
