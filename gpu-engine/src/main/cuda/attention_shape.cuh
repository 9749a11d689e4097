// What all attention knows of a model's heads.
#pragma once
#include "cells.cuh"

struct AttentionShape {
  int heads, kvHeads, headDim;
  float scale;

  __device__ int group() const { return heads / kvHeads; }
  __device__ int cell_elements() const { return 2 * value_offset(); }
  __device__ int value_offset() const { return kvHeads * cell_head(headDim); }  // in a cell
};
