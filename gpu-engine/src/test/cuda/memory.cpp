#include "memory.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>

namespace emu {
namespace {
constexpr size_t kAlignment = 256;  // of cuMemAlloc
constexpr unsigned char kPoison = 0xCD;

struct Block {
  Kind kind;
  size_t bytes;
  char* mapping;
  size_t mapped;
};

std::map<char*, Block> blocks;  // by address
size_t device_bytes = 0;

size_t round_up(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }
}  // namespace

size_t capacity() {
  const char* configured = getenv("DREX_EMU_MEMORY");
  return configured ? strtoull(configured, nullptr, 10) : (size_t)4 << 30;
}

size_t allocated() { return device_bytes; }

void* allocate(Kind kind, size_t bytes) {
  if (kind == Kind::kDevice && (bytes > capacity() || device_bytes > capacity() - bytes)) {
    return nullptr;
  }
  size_t payload = round_up(bytes, kAlignment);
  size_t mapped = round_up(payload, kPage) + kPage;
  char* mapping = (char*)mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapping == MAP_FAILED) {
    return nullptr;
  }
  mprotect(mapping + mapped - kPage, kPage, PROT_NONE);
  char* address = mapping + mapped - kPage - payload;
  memset(address, kPoison, payload);
  blocks[address] = Block{kind, bytes, mapping, mapped};
  device_bytes += kind == Kind::kDevice ? bytes : 0;
  return address;
}

Freed release(Kind kind, void* address) {
  auto found = blocks.find((char*)address);
  if (found == blocks.end() || found->second.kind != kind) {
    return Freed::kUnknown;
  }
  Block block = found->second;
  bool is_clean = true;
  for (size_t i = block.bytes; i < round_up(block.bytes, kAlignment); i++) {
    is_clean &= (unsigned char)found->first[i] == kPoison;
  }
  blocks.erase(found);
  device_bytes -= kind == Kind::kDevice ? block.bytes : 0;
  munmap(block.mapping, block.mapped);
  return is_clean ? Freed::kOk : Freed::kOverrun;
}

bool is_within(Kind kind, const void* address, size_t bytes) {
  auto after = blocks.upper_bound((char*)address);
  if (after == blocks.begin()) {
    return false;
  }
  auto& [start, block] = *--after;
  size_t offset = (const char*)address - start;
  return block.kind == kind && offset <= block.bytes && bytes <= block.bytes - offset;
}
}  // namespace emu
