package io.drex.golden;

/**
 * One greedy completion. The prompt and the first token run at full depth; a later token leaves at
 * the first ramp that it passes, and the layers that it skips get its K and V of the last layer
 * that it ran.
 *
 * @param ids the tokens; a stop token is the last one
 * @param depths layers that each token ran
 * @param confidences of each token, where it left
 */
public record GoldenCompletion(int[] ids, int[] depths, double[] confidences) {
  /** Tokens after which a completion is cut off. */
  public static final int MOST_TOKENS = 64;
}
