// Runs grids of fibers.
#pragma once
#include "emu.h"

namespace emu {
// Runs every block of the grid to its end; aborts the process on a divergent barrier.
void run_grid(dim3 grid, dim3 block, const Body& body);
// Fills every shared array with a pattern that no kernel means.
void poison_shared();
}  // namespace emu
