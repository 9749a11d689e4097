package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FixedSequenceTest {
  private static final double DELTA = 0.05;
  private static final int TRIALS = 2000;

  /** DELTA of the trials and three standard errors. */
  private static final double ALLOWED = DELTA + 3 * Math.sqrt(DELTA * (1 - DELTA) / TRIALS);

  @Test
  void choosesTheLastBeforeTheFirstFailure() {
    FixedSequence sequence = new FixedSequence(RiskTest.BINOMIAL, 0.1, DELTA);
    // Hits in 100 rows; at most 4 pass. The third would pass, but is not asked any more.
    List<Integer> hits = List.of(0, 4, 5, 0);
    FixedSequence.Result<Integer> result =
        sequence.walk(List.of(0, 1, 2, 3), candidate -> hits(hits.get(candidate), 100));

    assertThat(result.trials()).hasSize(3);
    assertThat(result.chosen().orElseThrow().candidate()).isEqualTo(1);
  }

  @Test
  void choosesNothingWhereTheStrictestFails() {
    FixedSequence sequence = new FixedSequence(RiskTest.BINOMIAL, 0.1, DELTA);
    assertThat(sequence.walk(List.of("strict"), name -> hits(5, 100)).chosen()).isEmpty();
    assertThat(sequence.<String>walk(List.of(), name -> hits(0, 100)).chosen()).isEmpty();
  }

  @Test
  void tooFewRowsCertifyNothingEvenWithoutLoss() {
    FixedSequence sequence = new FixedSequence(RiskTest.HOEFFDING_BENTKUS, 0.1, DELTA);
    int fewest = sequence.fewestRows();

    assertThat(sequence.walk(List.of(0), c -> hits(0, fewest - 1)).chosen()).isEmpty();
    assertThat(sequence.walk(List.of(0), c -> hits(0, fewest)).chosen()).isPresent();
  }

  /** Candidate c has the true risk 0.01·c; those above the sixth exceed 0.06. */
  @Test
  void exceedsTheRiskNoMoreOftenThanDeltaWithWholeLosses() {
    FixedSequence sequence = new FixedSequence(RiskTest.BINOMIAL, 0.06, DELTA);
    double violations = violations(sequence, 6, (Row row) -> row.hit ? 1 : 0);
    assertThat(violations).isBetween(0.001, ALLOWED);
  }

  /** The same hits weigh 2/3 on average, so the true risk is 0.01·c·2/3. */
  @Test
  void exceedsTheRiskNoMoreOftenThanDeltaWithPartialLosses() {
    FixedSequence sequence = new FixedSequence(RiskTest.HOEFFDING_BENTKUS, 0.04, DELTA);
    double violations = violations(sequence, 6, (Row row) -> row.hit ? Math.sqrt(row.weight) : 0);
    assertThat(violations).isLessThanOrEqualTo(ALLOWED);
  }

  private record Row(boolean hit, double weight) {}

  /** Share of trials on fresh rows that choose a candidate after {@code lastGood}. */
  private static double violations(
      FixedSequence sequence, int lastGood, ToDoubleFunction<Row> loss) {
    List<Integer> candidates = IntStream.rangeClosed(1, 12).boxed().toList();
    SplittableRandom random = new SplittableRandom(7);
    int violations = 0;
    for (int trial = 0; trial < TRIALS; trial++) {
      double[] luck = random.doubles(400).toArray();
      double[] weights = random.doubles(400).toArray();
      FixedSequence.Result<Integer> result =
          sequence.walk(
              candidates,
              candidate ->
                  IntStream.range(0, luck.length)
                      .mapToObj(i -> new Row(luck[i] < 0.01 * candidate, weights[i]))
                      .map(loss::applyAsDouble)
                      .toList());
      violations +=
          result.chosen().filter(chosen -> chosen.candidate() > lastGood).isPresent() ? 1 : 0;
    }
    return (double) violations / TRIALS;
  }

  private static List<Double> hits(int hits, int rows) {
    return IntStream.range(0, rows).mapToObj(i -> i < hits ? 1.0 : 0.0).toList();
  }
}
