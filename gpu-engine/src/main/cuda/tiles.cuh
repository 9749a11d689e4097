// How a weight matrix [outputs][k] lies in memory: tiles of 16 outputs × 16 k, `[output tile][k
// tile][lane][8]`, each lane's 16 bytes being its A fragment of mma.m16n8k16. Inside a tile k is
// permuted, so that the B fragment of a lane is 4 contiguous k of one row of activations.
#pragma once
#include "platform.cuh"

constexpr int kTile = 16;
constexpr int kTileElements = kTile * kTile;

// Where the weight of output o and input k is, in elements.
__device__ size_t tile_offset(int o, int k, int kTiles) {
  size_t tile = (size_t)(o / kTile) * kTiles + k / kTile;
  int lane = o % 8 * 4 + k % kTile / 4;
  int element = k % 4 / 2 * 4 + o % kTile / 8 * 2 + k % 2;
  return tile * kTileElements + lane * 8 + element;
}
