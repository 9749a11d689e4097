// Device and pinned host memory. A device pointer is an address of this process.
#pragma once
#include <cstddef>
#include <cstdint>

namespace emu {
constexpr size_t kPage = 4096;

enum class Kind { kDevice, kPinned };

// Poisoned with 0xCD, and followed by a page that may not be touched; null if there is no room.
void* allocate(Kind kind, size_t bytes);
// Whether the address was given out and nothing wrote past its end; the memory is unmapped.
enum class Freed { kOk, kUnknown, kOverrun };
Freed release(Kind kind, void* address);

bool is_within(Kind kind, const void* address, size_t bytes);
size_t capacity();
size_t allocated();  // bytes of device memory given out
}  // namespace emu
