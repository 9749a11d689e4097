// Copies to shared memory that are made no earlier than their thread waits for them, so that a missing
// wait shows.
#pragma once

namespace emu {
// Whether a thread of the block asked for copies that it has not waited for.
bool has_copies(int thread);
}  // namespace emu
