package io.drex.device.cpu.kernel;

import io.drex.model.ModelSpec;

/**
 * The shape of attention, fixed with the model.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim elements per head
 * @param maxContext most positions that a row attends to
 */
public record AttentionShape(int heads, int kvHeads, int headDim, int maxContext) {
  /** Query heads, of one row or of neighbouring rows, that are computed together. */
  static final int TILE_QUERIES = 8;

  /** The shape that a model has. */
  public static AttentionShape of(ModelSpec spec) {
    return new AttentionShape(spec.heads(), spec.kvHeads(), spec.headDim(), spec.maxPositions());
  }

  /** Neighbouring rows that are worth computing together. */
  public int rowsPerTile() {
    return Math.max(1, TILE_QUERIES / queriesPerKvHead());
  }

  /** Query heads that share one key and value head. */
  int queriesPerKvHead() {
    return heads / kvHeads;
  }

  /** What scores are multiplied by. */
  float scale() {
    return (float) (1 / Math.sqrt(headDim));
  }
}
