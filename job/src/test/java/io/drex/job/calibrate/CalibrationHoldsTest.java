package io.drex.job.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import io.drex.job.calibrate.QualityBudget.Quality;
import io.drex.model.BundledModel;
import io.drex.model.ModelLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calibrates on random parts of recorded rows and measures the choice on the rows left. A split
 * violates if the mean loss of the chosen candidate on those is above the budget.
 *
 * <p>Budgets are put where choosing is hardest: just below the mean loss that a candidate has over
 * all rows. That candidate must not be chosen, and a part of the rows shows it within the budget
 * about every other time. It is the loosest candidate, or the one whose loss is nearest to half of
 * the loosest's.
 *
 * <p>What may be seen: a candidate above the budget on all rows is chosen in at most δ of the
 * splits, and a share counted over n splits has a standard error of √(δ(1 − δ)/n). The measuring
 * part has noise of its own, which could call a good choice a violation: with a share f of the rows
 * in the calibrating part, its mean errs by f/(1 − f) of the other's error, the other way. With f =
 * 1/10 that is a ninth. For a test that is tight (the exact binomial) and a candidate whose loss
 * lies at the worst place below the budget, a normal approximation gives 5.9 % of violations for δ
 * = 5 % then, and 12 % for halves; for f → 0 it gives δ. The bound below, δ and three standard
 * errors, is 7.1 %.
 *
 * <p>That a wrong test would be seen is shown with {@code exact} losses, whose test is tight: at
 * four times δ it violates more often than that bound. The {@code agreement} cases show that the
 * choice is valid, not that it is sharp: for losses between 0 and 1 that are mostly 0,
 * Hoeffding-Bentkus is far on the safe side, and a test some times too loose could go unseen there.
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
  @CsvSource({"AGREEMENT, 0.5", "AGREEMENT, 1", "EXACT, 0.5", "EXACT, 1"})
  void violationsStayBelowDelta(Quality quality, double shareOfLoosest) {
    RecordedLosses losses = losses(quality);
    double budget = budget(shareOfLoosest, losses);

    Shares fixed = split(losses, budget, walk(quality, budget, DELTA));
    Shares plain = split(losses, budget, (all, rows) -> uncorrected(budget, all, rows));

    assertThat(fixed.violating()).as("fixed sequence at %s", budget).isLessThan(ALLOWED);
    assertThat(fixed.choosing()).as("chooses at %s", budget).isGreaterThan(0.5);
    assertThat(plain.violating()).as("uncorrected at %s", budget).isGreaterThan(UNCORRECTED);
  }

  /** The control: without it, a test that never chose would pass above. */
  @ParameterizedTest
  @ValueSource(doubles = {0.5, 1})
  void aTestAtFourTimesDeltaIsSeen(double shareOfLoosest) {
    RecordedLosses losses = losses(Quality.EXACT);
    double budget = budget(shareOfLoosest, losses);

    Shares loose = split(losses, budget, walk(Quality.EXACT, budget, 4 * DELTA));

    assertThat(loose.violating()).as("at four times delta, %s", budget).isGreaterThan(ALLOWED);
  }

  @Test
  void theBudgetsDiffer() {
    List<Double> budgets = new ArrayList<>();
    for (Quality quality : List.of(Quality.AGREEMENT, Quality.EXACT)) {
      budgets.add(budget(0.5, losses(quality)));
      budgets.add(budget(1, losses(quality)));
    }
    assertThat(budgets).doesNotHaveDuplicates();
  }

  @Test
  void theRecordIsOfTheBundledModelAndLargeEnough(@TempDir Path folder) {
    assertThat(recorded.losses().length).isGreaterThanOrEqualTo(5000);
    assertThat(recorded.facts().path("modelWithoutRampsSha256").asText())
        .as("the recorded model; docs/calibration.md says how to record again")
        .isEqualTo(
            ModelLoader.hashWithoutRamps(BundledModel.extract("bundled:", folder), List.of()));
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

  private static RecordedLosses losses(Quality quality) {
    return quality == Quality.EXACT ? recorded.exact() : recorded;
  }

  private static Chooser walk(Quality quality, double budget, double delta) {
    FixedSequence sequence = new FixedSequence(quality.test(), budget, delta);
    return (losses, rows) -> corrected(sequence, losses, rows);
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

  /** Just below the mean loss that is nearest to this share of the loosest candidate's. */
  private static double budget(double shareOfLoosest, RecordedLosses losses) {
    int[] all = IntStream.range(0, losses.losses().length).toArray();
    double near = shareOfLoosest * losses.mean(losses.candidates() - 1, all);
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
