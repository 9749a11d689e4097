package io.drex.spark.quality;

/**
 * Overlap of a prediction with a reference; all three in {@code [0, 1]}.
 *
 * @param precision share of the prediction that the reference has
 * @param recall share of the reference that the prediction has
 * @param f1 their harmonic mean, 0 where both are 0
 */
public record RougeScore(double precision, double recall, double f1) {
  private static final RougeScore ZERO = new RougeScore(0, 0, 0);

  /** The score of {@code hits} shared units; nothing in common with an empty side. */
  static RougeScore of(int hits, int referenceUnits, int predictionUnits) {
    if (hits == 0) {
      return ZERO;
    }
    double precision = (double) hits / predictionUnits;
    double recall = (double) hits / referenceUnits;
    return new RougeScore(precision, recall, 2 * precision * recall / (precision + recall));
  }
}
