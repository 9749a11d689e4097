package io.drex.spark.quality;

/** Equality of texts up to white space at the ends. */
public final class ExactMatch {
  private ExactMatch() {}

  public static boolean matches(String reference, String prediction) {
    return reference.strip().equals(prediction.strip());
  }
}
