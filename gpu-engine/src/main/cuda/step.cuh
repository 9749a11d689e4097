// The rows of one call: eight words `[rows, heads, flags, decode rows, tiles, call, -, -]` and seven
// arrays of maxRows int32 each. Rows at generated positions come first, those of prompts after them,
// cut into tiles of up to 64 consecutive positions of one sequence. Grids are sized by a bucket, so
// every kernel asks here whether its row is there.
#pragma once
#include "platform.cuh"

// Whose rows a kernel takes.
constexpr int kRows = 0;         // i in [0, n): hidden[slot[i]]
constexpr int kHeads = 1;        // i in [0, heads): hidden[slot[headRow[i]]]
constexpr int kHeadsDirect = 2;  // i in [0, heads): states[i]

constexpr int kSomeHeadSamples = 1;  // in flags

constexpr int kStepHeader = 8;  // words

struct Step {
  const int* words;
  int max_rows;

  __device__ Step(const int* step, int maxRows) : words(step), max_rows(maxRows) {}

  __device__ int count(int index) const { return index == kRows ? words[0] : words[1]; }
  __device__ int flags() const { return words[2]; }
  __device__ int decode_rows() const { return words[3]; }
  __device__ int tiles() const { return words[4]; }
  __device__ int call() const { return words[5]; }  // a number that no other call of late has
  __device__ int token(int row) const { return array(0)[row]; }
  __device__ int position(int row) const { return array(1)[row]; }
  __device__ int slot(int row) const { return array(2)[row]; }
  __device__ int table(int row) const { return array(3)[row]; }
  __device__ int head_row(int head) const { return array(5)[head]; }

  __device__ int tile_row(int tile) const { return array(6)[tile]; }  // its first
  __device__ int tile_end(int tile) const {
    return tile + 1 < tiles() ? tile_row(tile + 1) : count(kRows);
  }

  // Which of the states [.][d] belongs to i.
  __device__ size_t state(int index, int i) const {
    return index == kHeadsDirect ? i : slot(index == kHeads ? head_row(i) : i);
  }

 private:
  __device__ const int* array(int number) const { return words + kStepHeader + number * max_rows; }
};
