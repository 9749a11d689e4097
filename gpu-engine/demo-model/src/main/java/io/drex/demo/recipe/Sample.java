package io.drex.demo.recipe;

/**
 * One tokenised article with its summary.
 *
 * @param ids prompt with BOS, summary, EOS
 * @param summaryStart index in {@code ids} of the summary's first token
 */
public record Sample(int[] ids, int summaryStart) {
  /** Positions that predict a token; the last token predicts nothing. */
  int positions() {
    return ids.length - 1;
  }
}
