package io.drex.arrow;

/** Whether figures of every token are kept. */
public enum TokenStats {
  /** Their columns are null. */
  OMITTED,
  /** Each completion carries them. */
  KEPT
}
