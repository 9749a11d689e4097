// Random numbers that are counted to.
#pragma once
#include "platform.cuh"

// That output of SplitMix64 started at a seed, counted from 0: what io.drex.device.SplitMix64 and
// java.util.SplittableRandom give.
__device__ unsigned long long random_bits(unsigned long long seed, unsigned long long number) {
  unsigned long long z = seed + (number + 1) * 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}
