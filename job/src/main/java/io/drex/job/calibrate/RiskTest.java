package io.drex.job.calibrate;

/**
 * Tests the hypothesis "the mean loss of rows like these is above {@code risk}" from the losses of
 * independent rows. Rejecting it when the p-value is at most δ is wrong with probability at most δ.
 *
 * <p>Source: Angelopoulos, Bates, Candès, Jordan, Lei: Learn then Test, 2021 (the Hoeffding-Bentkus
 * p-value, section 3.1); the binomial test is the classical one.
 */
enum RiskTest {
  /** For losses that are 0 or 1: the exact binomial tail. */
  BINOMIAL {
    @Override
    double pValue(double lossSum, int rows, double risk) {
      return Binomial.atMost(Math.round(lossSum), rows, risk);
    }
  },
  /** For losses anywhere in [0, 1]: the smaller of Hoeffding's and Bentkus's bounds. */
  HOEFFDING_BENTKUS {
    @Override
    double pValue(double lossSum, int rows, double risk) {
      double mean = lossSum / rows;
      if (mean >= risk) {
        return 1;
      }
      double hoeffding = Math.exp(-rows * divergence(mean, risk));
      long whole = (long) Math.ceil(lossSum - ROUNDING);
      double bentkus = Math.E * Binomial.atMost(whole, rows, risk);
      return Math.min(1, Math.min(hoeffding, bentkus));
    }
  };

  /** A sum of losses that is a whole number may come out this much above it. */
  private static final double ROUNDING = 1e-9;

  private static final double BOUND_STEP = 1e-9;

  /** Most rows that {@link #rowsNeeded} looks for. */
  private static final int MOST_ROWS = 1 << 26;

  /**
   * The p-value.
   *
   * @param lossSum sum of the rows' losses
   * @param rows at least 1
   * @param risk in (0, 1)
   */
  abstract double pValue(double lossSum, int rows, double risk);

  /** The smallest risk that these losses exclude at level δ: an upper confidence bound. */
  double upperBound(double lossSum, int rows, double delta) {
    double low = Math.min(1, lossSum / rows);
    double high = 1;
    while (high - low > BOUND_STEP) {
      double middle = (low + high) / 2;
      if (pValue(lossSum, rows, middle) <= delta) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /**
   * Rows that would certify {@code risk} if their mean loss were {@code meanLoss}; 0 if none would.
   */
  int rowsNeeded(double meanLoss, double risk, double delta) {
    if (meanLoss >= risk) {
      return 0;
    }
    int high = 1;
    while (pValue(meanLoss * high, high, risk) > delta) {
      if (high >= MOST_ROWS) {
        return 0;
      }
      high *= 2;
    }
    int low = high / 2;
    while (high - low > 1) {
      int middle = low + (high - low) / 2;
      if (pValue(meanLoss * middle, middle, risk) <= delta) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** Kullback-Leibler divergence of coins that fall with these probabilities; mean ≤ risk. */
  private static double divergence(double mean, double risk) {
    double hit = mean == 0 ? 0 : mean * Math.log(mean / risk);
    return hit + (1 - mean) * (Math.log1p(-mean) - Math.log1p(-risk));
  }
}
