package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.model.BundledModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Calibrates on random parts of recorded rows and measures the choice on the rows left. A split
 * violates if the mean loss of the chosen candidate on those is above the budget.
 *
 * <p>Budgets are put where choosing is hardest: just below the mean loss that a candidate has over
 * all rows. That candidate must not be chosen, and a part of the rows shows it within the budget
 * about every other time.
 *
 * <p>What may be seen: a candidate above the budget on all rows is chosen in at most δ of the
 * splits, and a share counted over n splits has a standard error of √(δ(1 − δ)/n). The measuring
 * part has noise of its own, which could call a good choice a violation: with a share f of the rows
 * in the calibrating part, its mean errs by f/(1 − f) of the other's error, the other way. With f =
 * 1/10 that is a ninth. For a test that is tight (the exact binomial) and a candidate whose loss
 * lies at the worst place below the budget, a normal approximation gives 5.9 % of violations for δ
 * = 5 % then, and 12 % for halves; for f → 0 it gives δ. The bound below, δ and three standard
 * errors, is 7.1 %.
 */
class CalibrationHoldsTest {
  private static final double DELTA = 0.05;
  private static final int SPLITS = 1000;
  private static final double ALLOWED = DELTA + 3 * Math.sqrt(DELTA * (1 - DELTA) / SPLITS);
  private static final int CALIBRATING_ONE_IN = 10;

  /** Share of violations of a chooser that does not correct for chance. */
  private static final double UNCORRECTED = 0.3;

  private static RecordedLosses recorded;

  @BeforeAll
  static void read() throws IOException {
    recorded = RecordedLosses.read("losses.csv.gz");
  }

  /** Picks a candidate on some rows; −1 for none. */
  private interface Chooser {
    int choose(RecordedLosses losses, int[] rows);
  }

  private record Shares(double violating, double choosing) {}

  @ParameterizedTest
  @CsvSource({"agreement, 0.02", "agreement, 0.04", "exact, 0.05", "exact, 0.1"})
  void violationsStayBelowDelta(String quality, double near) {
    RecordedLosses losses = quality.equals("exact") ? recorded.exact() : recorded;
    RiskTest test = QualityBudget.parse(quality + ">=0.9").quality().test();
    double budget = justBelowTheLossNearest(near, losses);
    FixedSequence sequence = new FixedSequence(test, budget, DELTA);

    Shares fixed = split(losses, budget, (all, rows) -> corrected(sequence, all, rows));
    Shares plain = split(losses, budget, (all, rows) -> uncorrected(budget, all, rows));

    assertThat(fixed.violating()).as("fixed sequence at %s", budget).isLessThan(ALLOWED);
    assertThat(fixed.choosing()).as("chooses at %s", budget).isGreaterThan(0.5);
    assertThat(plain.violating()).as("uncorrected at %s", budget).isGreaterThan(UNCORRECTED);
  }

  @Test
  void theRecordIsOfTheBundledModelAndLargeEnough(@TempDir Path folder) {
    assertThat(recorded.losses().length).isGreaterThanOrEqualTo(5000);
    assertThat(recorded.facts().path("modelWithoutRampsSha256").asText())
        .as("the recorded model; docs/calibration.md says how to record again")
        .isEqualTo(ModelLoader.hashWithoutRamps(BundledModel.extract("bundled:", folder)));
    assertThat(recorded.facts().get("candidates")).hasSize(recorded.candidates());
  }

  private static Shares split(RecordedLosses losses, double budget, Chooser chooser) {
    SplittableRandom random = new SplittableRandom(11);
    int[] order = IntStream.range(0, losses.losses().length).toArray();
    int calibrating = order.length / CALIBRATING_ONE_IN;
    int violating = 0;
    int choosing = 0;
    for (int split = 0; split < SPLITS; split++) {
      shuffle(order, random);
      int chosen = chooser.choose(losses, Arrays.copyOf(order, calibrating));
      if (chosen >= 0) {
        choosing++;
        int[] measuring = Arrays.copyOfRange(order, calibrating, order.length);
        violating += losses.mean(chosen, measuring) > budget ? 1 : 0;
      }
    }
    return new Shares((double) violating / SPLITS, (double) choosing / SPLITS);
  }

  private static int corrected(FixedSequence sequence, RecordedLosses losses, int[] rows) {
    List<Integer> candidates = IntStream.range(0, losses.candidates()).boxed().toList();
    return sequence
        .walk(
            candidates,
            candidate ->
                Arrays.stream(rows).mapToObj(row -> losses.losses()[row][candidate]).toList())
        .chosen()
        .map(FixedSequence.Trial::candidate)
        .orElse(-1);
  }

  /** The loosest whose mean is within the budget. */
  private static int uncorrected(double budget, RecordedLosses losses, int[] rows) {
    return IntStream.range(0, losses.candidates())
        .filter(candidate -> losses.mean(candidate, rows) <= budget)
        .max()
        .orElse(-1);
  }

  private static double justBelowTheLossNearest(double near, RecordedLosses losses) {
    int[] all = IntStream.range(0, losses.losses().length).toArray();
    return IntStream.range(0, losses.candidates())
            .mapToObj(candidate -> losses.mean(candidate, all))
            .min((one, other) -> Double.compare(Math.abs(one - near), Math.abs(other - near)))
            .orElseThrow()
        - 1e-9;
  }

  private static void shuffle(int[] order, SplittableRandom random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }
}
