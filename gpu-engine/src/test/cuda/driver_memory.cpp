// Exported: memory and copies.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "api.h"
#include "memory.h"
#include "stream.h"

using emu::Kind;
using emu::Stream;
using Address = uint64_t;

namespace {
int allocate(Kind kind, void** address, size_t bytes) {
  if (bytes == 0) {
    return emu::kInvalidValue;
  }
  *address = emu::allocate(kind, bytes);
  return *address ? emu::kSuccess : emu::kOutOfMemory;
}

// Frees even after a lasting error, so that a test's end is clean.
int free_block(Kind kind, void* address) {
  std::lock_guard<std::recursive_mutex> guard(emu::lock());
  emu::run_everything();
  switch (emu::release(kind, address)) {
    case emu::Freed::kOk:
      return emu::kSuccess;
    case emu::Freed::kUnknown:
      return emu::kInvalidValue;
    case emu::Freed::kOverrun:
      fprintf(stderr, "emulated GPU: something wrote past the end of %p\n", address);
      abort();
  }
  return emu::kInvalidValue;
}

bool is_device(Address address, size_t bytes) {
  return emu::is_within(Kind::kDevice, (const void*)address, bytes) ||
         emu::is_within(Kind::kPinned, (const void*)address, bytes);
}

int fill(Address to, unsigned value, size_t size, size_t count, Stream* stream) {
  if (!is_device(to, size * count)) {
    return emu::kInvalidValue;
  }
  emu::submit(stream, [=] {
    for (size_t i = 0; i < count; i++) {
      memcpy((char*)to + i * size, &value, size);
    }
  });
  return emu::kSuccess;
}

int to_device(Address to, const void* from, size_t bytes, Stream* stream) {
  if (!is_device(to, bytes)) {
    return emu::kInvalidValue;
  }
  if (emu::is_within(Kind::kPinned, from, bytes)) {
    emu::submit(stream, [=] { memcpy((void*)to, from, bytes); });
  } else {
    // Pageable memory has been read when the call returns.
    std::vector<char> staged((const char*)from, (const char*)from + bytes);
    emu::submit(stream, [to, staged] { memcpy((void*)to, staged.data(), staged.size()); });
  }
  return emu::kSuccess;
}

int to_host(void* to, Address from, size_t bytes, Stream* stream) {
  if (!is_device(from, bytes)) {
    return emu::kInvalidValue;
  }
  emu::submit(stream, [=] { memcpy(to, (const void*)from, bytes); });
  if (!emu::is_within(Kind::kPinned, to, bytes)) {
    emu::run_all(stream);
  }
  return emu::kSuccess;
}

int on_device(Address to, Address from, size_t bytes, Stream* stream) {
  if (!is_device(to, bytes) || !is_device(from, bytes)) {
    return emu::kInvalidValue;
  }
  emu::submit(stream, [=] { memmove((void*)to, (const void*)from, bytes); });
  return emu::kSuccess;
}

// Ends a synchronous call.
int finished(int code) {
  emu::run_blocking_streams();
  return code;
}
}  // namespace

DREX_EXPORT int cuMemGetInfo_v2(size_t* free_bytes, size_t* total) {
  EMU_ENTER("cuMemGetInfo");
  *total = emu::capacity();
  *free_bytes = emu::capacity() - emu::allocated();
  return emu::kSuccess;
}
DREX_EXPORT int cuMemAlloc_v2(Address* address, size_t bytes) {
  EMU_ENTER("cuMemAlloc");
  EMU_NOT_IN_CAPTURE();
  return allocate(Kind::kDevice, (void**)address, bytes);
}
DREX_EXPORT int cuMemFree_v2(Address address) { return free_block(Kind::kDevice, (void*)address); }
DREX_EXPORT int cuMemAllocHost_v2(void** address, size_t bytes) {
  EMU_ENTER("cuMemAllocHost");
  return allocate(Kind::kPinned, address, bytes);
}
DREX_EXPORT int cuMemHostAlloc(void** address, size_t bytes, unsigned) {
  EMU_ENTER("cuMemHostAlloc");
  EMU_NOT_IN_CAPTURE();
  return allocate(Kind::kPinned, address, bytes);
}
DREX_EXPORT int cuMemFreeHost(void* address) { return free_block(Kind::kPinned, address); }
DREX_EXPORT int cuMemHostGetDevicePointer_v2(Address* device, void* host, unsigned) {
  EMU_ENTER("cuMemHostGetDevicePointer");
  *device = (Address)host;
  return emu::is_within(Kind::kPinned, host, 1) ? emu::kSuccess : emu::kInvalidValue;
}

DREX_EXPORT int cuMemcpyHtoD_v2(Address to, const void* from, size_t bytes) {
  EMU_ENTER("cuMemcpyHtoD");
  return finished(to_device(to, from, bytes, nullptr));
}
DREX_EXPORT int cuMemcpyHtoDAsync_v2(Address to, const void* from, size_t bytes, Stream* stream) {
  EMU_ENTER("cuMemcpyHtoDAsync");
  return to_device(to, from, bytes, stream);
}
DREX_EXPORT int cuMemcpyDtoH_v2(void* to, Address from, size_t bytes) {
  EMU_ENTER("cuMemcpyDtoH");
  return finished(to_host(to, from, bytes, nullptr));
}
DREX_EXPORT int cuMemcpyDtoHAsync_v2(void* to, Address from, size_t bytes, Stream* stream) {
  EMU_ENTER("cuMemcpyDtoHAsync");
  return to_host(to, from, bytes, stream);
}
DREX_EXPORT int cuMemcpyDtoD_v2(Address to, Address from, size_t bytes) {
  EMU_ENTER("cuMemcpyDtoD");
  return finished(on_device(to, from, bytes, nullptr));
}
DREX_EXPORT int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, Stream* stream) {
  EMU_ENTER("cuMemcpyDtoDAsync");
  return on_device(to, from, bytes, stream);
}
DREX_EXPORT int cuMemsetD8_v2(Address to, unsigned char value, size_t count) {
  EMU_ENTER("cuMemsetD8");
  return finished(fill(to, value, 1, count, nullptr));
}
DREX_EXPORT int cuMemsetD8Async(Address to, unsigned char value, size_t count, Stream* stream) {
  EMU_ENTER("cuMemsetD8Async");
  return fill(to, value, 1, count, stream);
}
DREX_EXPORT int cuMemsetD32_v2(Address to, unsigned value, size_t count) {
  EMU_ENTER("cuMemsetD32");
  return finished(fill(to, value, 4, count, nullptr));
}
DREX_EXPORT int cuMemsetD32Async(Address to, unsigned value, size_t count, Stream* stream) {
  EMU_ENTER("cuMemsetD32Async");
  return fill(to, value, 4, count, stream);
}
