#include "block.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "async_copy.h"
#include "stacks.h"

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
constexpr int kSavedRegisters = 6;

enum State : uint8_t { kReady, kAtBlock, kAtWarp, kDone };

struct Fiber {
  void* stack_pointer;
  char* stack;  // its end
  dim3 index;
  const char* site;  // of the block barrier that it waits at
  int exchange;
};

// Where lanes of a warp meet.
struct Warp {
  int arrived;
  const char* site;
};

Fiber fibers[kMaxThreads];
State states[kMaxThreads];
Warp warps[kMaxThreads / kWarp];
int threads;  // of a block

void* scheduler;
int running;
const Body* body;
alignas(64) char exchanges[kMaxThreads / kWarp][2][kWarp * kEmuLaneBytes];

[[noreturn]] void die(const char* what, const char* site) {
  fprintf(stderr, "emulated GPU: %s at %s (block %u,%u,%u)\n", what, site ? site : "the kernel's end",
          blockIdx.x, blockIdx.y, blockIdx.z);
  abort();
}

int end_of_warp(int first) { return std::min(first + kWarp, threads); }

void fiber_main() {
  (*body)();
  states[running] = kDone;
  emu_switch(&fibers[running].stack_pointer, scheduler);
  abort();
}

void start(Fiber& fiber) {
  fiber.stack = take_stack();
  // The entry finds the stack as after a call: 16-byte aligned plus a return address.
  void** top = (void**)(fiber.stack - 64);
  *--top = nullptr;
  *--top = (void*)fiber_main;
  fiber.stack_pointer = top - kSavedRegisters;
  fiber.exchange = 0;
}

void give_back(Fiber& fiber) {
  if (!give_back_stack(fiber.stack)) {
    die("a thread's stack is full", nullptr);
  }
  fiber.stack = nullptr;
}

void run(int thread, void** save) {
  running = thread;
  threadIdx = fibers[thread].index;
  if (!fibers[thread].stack) {
    start(fibers[thread]);
  }
  emu_switch(save, fibers[thread].stack_pointer);
}

// The lane of a warp after this one, and around, that can run; −1 if there is none.
int next_ready(int thread) {
  int first = thread / kWarp * kWarp, end = end_of_warp(first);
  for (int i = thread + 1; i < end; i++) {
    if (states[i] == kReady) {
      return i;
    }
  }
  for (int i = first; i < thread; i++) {
    if (states[i] == kReady) {
      return i;
    }
  }
  return -1;
}

// Runs a warp until all its lanes are at one block barrier, or done.
void run_warp(int first) {
  int end = end_of_warp(first);
  for (int i = first; i < end; i++) {
    while (states[i] == kReady) {
      run(i, &scheduler);
      if (states[running] == kDone) {
        give_back(fibers[running]);
        if (has_copies(running)) {
          die("a thread ends before its copies do", nullptr);
        }
      }
    }
  }
  for (int i = first; i < end; i++) {
    if (states[i] == kAtWarp || states[i] != states[first] ||
        (states[i] == kAtBlock && fibers[i].site != fibers[first].site)) {
      const Warp& warp = warps[first / kWarp];
      die("lanes of a warp part at a barrier", warp.arrived > 0 ? warp.site : fibers[i].site);
    }
  }
}

void run_block() {
  for (int i = 0; i < threads; i++) {
    states[i] = kReady;
  }
  while (states[0] != kDone) {
    for (int first = 0; first < threads; first += kWarp) {
      run_warp(first);
      if (states[first] != states[0] ||
          (states[0] == kAtBlock && fibers[first].site != fibers[0].site)) {
        die("warps of a block part at a barrier", fibers[first].site);
      }
    }
    for (int i = 0; i < threads && states[i] == kAtBlock; i++) {
      states[i] = kReady;
    }
  }
}

void wait_for_block(const char* site) {
  int self = running;
  states[self] = kAtBlock;
  fibers[self].site = site;
  int next = next_ready(self);
  if (next >= 0) {
    run(next, &fibers[self].stack_pointer);
  } else {
    emu_switch(&fibers[self].stack_pointer, scheduler);
  }
}

// The last lane to arrive goes on; the others do when it waits.
void wait_for_warp(const char* site) {
  int self = running, first = self / kWarp * kWarp, end = end_of_warp(first);
  Warp& warp = warps[self / kWarp];
  if (warp.arrived++ > 0 && warp.site != site) {
    die("lanes of a warp part at a barrier", site);
  }
  warp.site = site;
  if (warp.arrived == end - first) {
    warp.arrived = 0;
    std::fill(states + first, states + end, kReady);
    return;
  }
  states[self] = kAtWarp;
  int next = next_ready(self);
  if (next < 0) {
    die("lanes of a warp part at a barrier", site);
  }
  run(next, &fibers[self].stack_pointer);
}
}  // namespace

void poison_shared() {
  if (__start_emu_shared) {
    memset(__start_emu_shared, 0xCD, __stop_emu_shared - __start_emu_shared);
  }
}

void run_grid(dim3 grid, dim3 block, const Body& kernel) {
  threads = block.x * block.y * block.z;
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
        run_block();
      }
    }
  }
}
}  // namespace emu

int emu_thread() { return emu::running; }
void emu_block_barrier(const char* site) { emu::wait_for_block(site); }
void emu_warp_barrier(const char* site) { emu::wait_for_warp(site); }

char* emu_exchange() {
  emu::Fiber& self = emu::fibers[emu::running];
  self.exchange ^= 1;
  return emu::exchanges[emu::running / emu::kWarp][self.exchange];
}

void emu_check_mask(unsigned mask, const char* site) {
  if (mask != 0xffffffffu) {
    emu::die("a warp operation of some lanes only", site);
  }
}
