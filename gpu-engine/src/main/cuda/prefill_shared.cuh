// What a block of prompt attention shares.
#pragma once
#include "platform.cuh"

// `D` is the head's size, rounded up to one that there is.
template <int D>
struct PrefillShared {
  static constexpr int kKeys = D <= 64 ? 64 : D <= 128 ? 48 : 32;  // of a tile; what registers hold
  static constexpr int kChunks = D / 8;             // of 16 bytes, of a cell's head

  uint4 key[kKeys][kChunks];  // chunks swapped by swizzle; zeros past the head and past the last row
  uint4 value[kKeys][kChunks];
  const bf16* cell[2][kKeys];  // of tiles in turn
  int first_broken;            // position with a value that is not finite, of those that a row masks

  // So that 8 keys' chunks of one place are in different banks, and 2 neighbours of 4 keys as well.
  // It is the same for keys that are 8 apart.
  __device__ static int swizzle(int key, int chunk) {
    return chunk ^ ((key & 3) << 1 | (key >> 2 & 1));
  }
};
