// What the exported driver functions share.
#pragma once
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "faults.h"

#define DREX_EXPORT extern "C" __attribute__((visibility("default")))

namespace emu {
std::recursive_mutex& lock();
bool has_context();  // on this thread
bool break_captures();  // whether there were any
}  // namespace emu

// Begins a function that works without a context.
#define EMU_ENTER_BARE(name)                            \
  std::lock_guard<std::recursive_mutex> guard(emu::lock()); \
  if (int code = emu::fault(name)) return code

// Begins any other.
#define EMU_ENTER(name) \
  EMU_ENTER_BARE(name); \
  if (!emu::has_context()) return emu::kInvalidContext

// Follows it in a function that would break a capture, of whatever stream.
#define EMU_NOT_IN_CAPTURE() \
  if (emu::break_captures()) return emu::kNotInCapture
