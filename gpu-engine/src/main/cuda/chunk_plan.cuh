// The chunks of 256 positions of some decode rows, as a list of work: int32 {items, first row, end of
// rows, -}, the first item of each row [maxRows], and the row of each item. A row's items are its
// chunks in order.
#pragma once
#include "attention.cuh"
#include "step.cuh"

__device__ int chunks_of(const Step& rows, int row) { return rows.position(row) / kChunk + 1; }

struct ChunkPlan {
  static constexpr int kHeader = 4;  // words

  const int* words;
  int max_rows;

  __device__ int items() const { return words[0]; }
  __device__ int first_row() const { return words[1]; }
  __device__ int end_row() const { return words[2]; }
  __device__ int first_item(int row) const { return words[kHeader + row]; }
  __device__ int row(int item) const { return words[kHeader + max_rows + item]; }
};
