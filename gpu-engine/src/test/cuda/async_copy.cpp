#include "async_copy.h"

#include <cstdint>
#include <cstring>
#include <deque>

#include "emu.h"

namespace emu {
namespace {
struct Copy {
  void* to;
  const void* from;  // null for zeros
  size_t bytes;
  uint64_t group;
};

// Of one thread.
struct Copies {
  std::deque<Copy> waiting;
  uint64_t group = 0;  // that copies join
};

Copies all[1024];  // by thread of a block
}  // namespace

bool has_copies(int thread) { return !all[thread].waiting.empty(); }
}  // namespace emu

using emu::Copies;

void emu_copy_async(void* to, const void* from, size_t bytes) {
  Copies& mine = emu::all[emu_thread()];
  mine.waiting.push_back({to, from, bytes, mine.group});
}

void emu_end_copy_group() { emu::all[emu_thread()].group++; }

void emu_wait_for_copies(int later) {
  Copies& mine = emu::all[emu_thread()];
  while (!mine.waiting.empty() && mine.waiting.front().group + later < mine.group) {
    const emu::Copy& copy = mine.waiting.front();
    if (copy.from) {
      memcpy(copy.to, copy.from, copy.bytes);
    } else {
      memset(copy.to, 0, copy.bytes);
    }
    mine.waiting.pop_front();
  }
}
