package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RiskTestTest {
  @Test
  void theBinomialTailIsThatOfTheTables() {
    assertThat(Binomial.atMost(0, 10, 0.1)).isCloseTo(0.3486784401, within(1e-12));
    assertThat(Binomial.atMost(2, 10, 0.1)).isCloseTo(0.9298091736, within(1e-12));
    assertThat(Binomial.atMost(10, 10, 0.1)).isEqualTo(1);
    // Far below the smallest double where it starts.
    assertThat(Binomial.atMost(50_000, 100_000, 0.5)).isCloseTo(0.50126, within(1e-4));
  }

  @Test
  void withoutAnyLossBothTestsAskForTheSameRows() {
    // 0.98^148 = 0.0503, 0.98^149 = 0.0493
    assertThat(RiskTest.BINOMIAL.rowsNeeded(0, 0.02, 0.05)).isEqualTo(149);
    assertThat(RiskTest.HOEFFDING_BENTKUS.rowsNeeded(0, 0.02, 0.05)).isEqualTo(149);
  }

  @Test
  void aMeanAtTheRiskIsNeverCertified() {
    assertThat(RiskTest.HOEFFDING_BENTKUS.pValue(2, 100, 0.02)).isEqualTo(1);
    assertThat(RiskTest.HOEFFDING_BENTKUS.rowsNeeded(0.02, 0.02, 0.05)).isZero();
    assertThat(RiskTest.BINOMIAL.pValue(2, 100, 0.02)).isGreaterThan(0.5);
  }

  @Test
  void theUpperBoundIsWhereTheTestTurns() {
    for (RiskTest test : RiskTest.values()) {
      double bound = test.upperBound(3, 500, 0.05);
      assertThat(test.pValue(3, 500, bound + 1e-6)).isLessThanOrEqualTo(0.05);
      assertThat(test.pValue(3, 500, bound - 1e-6)).isGreaterThan(0.05);
    }
    // Clopper and Pearson's upper limit for 3 of 500 at 95 %.
    assertThat(RiskTest.BINOMIAL.upperBound(3, 500, 0.05)).isCloseTo(0.01543, within(5e-5));
  }

  @Test
  void moreRowsOfTheSameMeanAreStrongerEvidence() {
    int needed = RiskTest.HOEFFDING_BENTKUS.rowsNeeded(0.01, 0.02, 0.05);
    assertThat(needed).isGreaterThan(149);
    assertThat(RiskTest.HOEFFDING_BENTKUS.pValue(0.01 * needed, needed, 0.02))
        .isLessThanOrEqualTo(0.05);
  }
}
