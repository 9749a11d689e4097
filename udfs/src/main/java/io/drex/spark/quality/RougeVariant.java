package io.drex.spark.quality;

/** What ROUGE counts as common (Lin, 2004). */
public enum RougeVariant {
  /** Words, each as often as both sides have it. */
  ROUGE_1,
  /** Pairs of neighbouring words. */
  ROUGE_2,
  /** The longest common subsequence of the whole texts. */
  ROUGE_L,
  /**
   * Per reference line, the union of its longest common subsequences with all lines of the
   * prediction.
   */
  ROUGE_LSUM
}
