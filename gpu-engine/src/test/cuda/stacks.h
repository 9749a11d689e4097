// Stacks for fibers. The last one given back is taken first, since it is warm.
#pragma once

namespace emu {
constexpr int kMaxThreads = 1024;  // of a block: as many stacks there are

char* take_stack();  // its end
// False if the stack was full at some time.
bool give_back_stack(char* end);
}  // namespace emu
