package io.drex.job.calibrate;

/** The binomial distribution. */
final class Binomial {
  private Binomial() {}

  /**
   * The probability of at most {@code hits} hits in {@code rows} independent trials.
   *
   * @param hits at least 0
   * @param chance of a hit, in (0, 1)
   */
  static double atMost(long hits, int rows, double chance) {
    if (hits >= rows) {
      return 1;
    }
    // Logarithms, because the first term of many rows is below the smallest double.
    double logOdds = Math.log(chance) - Math.log1p(-chance);
    double logTerm = rows * Math.log1p(-chance);
    double largest = logTerm;
    double scaled = 1; // the sum divided by exp(largest)
    for (long hit = 1; hit <= hits; hit++) {
      logTerm += Math.log((double) (rows - hit + 1) / hit) + logOdds;
      if (logTerm > largest) {
        scaled = scaled * Math.exp(largest - logTerm) + 1;
        largest = logTerm;
      } else {
        scaled += Math.exp(logTerm - largest);
      }
    }
    return Math.min(1, Math.exp(largest) * scaled);
  }
}
