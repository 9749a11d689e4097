package io.drex.arrow;

/** Whether depth and confidence of every token are kept. */
public enum TokenStats {
  /** {@code token_depths} and {@code token_confidences} are null. */
  OMITTED,
  /** Each completion carries both. */
  KEPT
}
