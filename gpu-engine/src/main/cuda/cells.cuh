// The KV cache. A cell is K and V of one token in one layer, bf16 [2][kvHeads][headDim rounded up to
// 8, the rest zeros], so that every head is 16-byte aligned; a layer's cells lie one after the other
// from kvBase[layer] on. A token table maps positions to entries: an
// entry ≥ 0 is a cell of the table's segment, one < 0 an alias: ~(segment << 24 | cell), the cell of
// that segment's last layer. See io.drex.device.CacheGeometry.
#pragma once
#include "platform.cuh"

constexpr int kAliasCellBits = 24;

// Elements of a head in a cell.
__device__ int cell_head(int headDim) { return (headDim + 7) / 8 * 8; }

__device__ bf16* layer_cells(const long long* kvBase, int layer) {
  return (bf16*)kvBase[layer];
}

// The cell that a layer reads for an entry of its segment's tables.
__device__ const bf16* entry_cell(int entry, const long long* kvBase, const int* lastLayer, int layer,
                                  int cellElements) {
  int alias = ~entry;
  bool is_own = entry >= 0;
  int from = is_own ? layer : lastLayer[alias >> kAliasCellBits];
  int cell = is_own ? entry : alias & ((1 << kAliasCellBits) - 1);
  return layer_cells(kvBase, from) + (size_t)cell * cellElements;
}
