package io.drex.spark.quality;

/** How words are compared. */
public enum Stemming {
  /** As they stand, in lower case. */
  NONE,
  /** By their Porter stem where they are longer than three letters. */
  PORTER
}
