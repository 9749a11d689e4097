package io.drex.demo.recipe;

import java.util.List;

/**
 * The shape of a Llama with a tied head.
 *
 * @param heads query heads; divide {@code hidden}
 * @param kvHeads key and value heads; divide {@code heads}
 * @param ffn width of the feed-forward layer
 * @param vocab tokens, rows of the tied head
 * @param ramps depths at which the product may exit, increasing, in (0, layers)
 */
public record ModelShape(
    int layers, int hidden, int heads, int kvHeads, int ffn, int vocab, List<Integer> ramps) {
  public static final float RMS_NORM_EPS = 1e-5f;
  public static final double ROPE_THETA = 10_000;
  public static final int MAX_POSITIONS = 512;

  public ModelShape {
    ramps = List.copyOf(ramps);
    require(layers >= 1 && ffn >= 1, "layers and ffn must be at least 1");
    require(heads >= 1 && hidden % heads == 0, "heads must divide hidden");
    require(kvHeads >= 1 && heads % kvHeads == 0, "kv-heads must divide heads");
    require(hidden / heads % 2 == 0, "hidden / heads must be even, as rotation needs pairs");
    int last = 0;
    for (int depth : ramps) {
      require(depth > last && depth < layers, "ramps must increase and lie in (0, layers)");
      last = depth;
    }
  }

  /** Elements per head. */
  public int headDim() {
    return hidden / heads;
  }

  /** Elements of K (or V) of one token in one layer. */
  public int kvWidth() {
    return kvHeads * headDim();
  }

  private void require(boolean holds, String law) {
    if (!holds) {
      throw new IllegalArgumentException(
          law
              + String.format(
                  "; got layers=%d hidden=%d heads=%d kv-heads=%d ffn=%d ramps=%s",
                  layers, hidden, heads, kvHeads, ffn, ramps));
    }
  }
}
