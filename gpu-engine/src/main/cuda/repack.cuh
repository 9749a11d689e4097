// Where the weights of a part of a matrix go.
#pragma once
#include "tiles.cuh"

// Puts the weight of a part's row and column into tiles. The part's rows are the outputs from `first`
// on: as they are (interleaved 0), or as the first (1, gate) or second (2, up) eight of the tile of
// their eight.
__device__ void put_weight(bf16* tiles, int kTiles, int first, int interleaved, int row, int column,
                           bf16 weight) {
  int from = first + row;
  int output = interleaved == 0 ? from : from / 8 * 16 + (interleaved - 1) * 8 + from % 8;
  tiles[tile_offset(output, column, kTiles)] = weight;
}
