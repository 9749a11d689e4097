package io.drex.device.cpu.kernel;

/**
 * The shape of attention, fixed with the model.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headDim elements per head
 * @param maxContext most positions that a row attends to
 */
public record AttentionShape(int heads, int kvHeads, int headDim, int maxContext) {

  /** Query heads that share one key and value head. */
  int queriesPerKvHead() {
    return heads / kvHeads;
  }

  /** What scores are multiplied by. */
  float scale() {
    return (float) (1 / Math.sqrt(headDim));
  }
}
