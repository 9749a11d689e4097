package io.drex.job.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tests candidates from the strictest to the loosest, each at the full level δ, up to the first
 * that fails; the last that passed is chosen. The order stands before any loss is seen, so the
 * chance that a candidate above the risk is chosen is at most δ, however many there are: the first
 * such candidate has to pass, and the walk ends with it otherwise.
 *
 * <p>Source: Angelopoulos et al., Learn then Test, 2021, section 2.3 (fixed sequence testing).
 *
 * @param test fits the losses
 * @param risk that the mean loss must not exceed, in (0, 1)
 * @param delta chance of a wrong choice, in (0, 1)
 */
record FixedSequence(RiskTest test, double risk, double delta) {

  /**
   * What a candidate showed.
   *
   * @param losses of the same rows for every candidate, each in [0, 1]; [row]
   */
  record Trial<C>(C candidate, List<Double> losses, double pValue, boolean passed) {
    double meanLoss() {
      return lossSum() / losses.size();
    }

    double lossSum() {
      return losses.stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  /** The trials in their order; only the last may have failed. */
  record Result<C>(List<Trial<C>> trials) {
    Result {
      trials = List.copyOf(trials);
    }

    /** The loosest candidate that was certified; empty if not even the strictest was. */
    Optional<Trial<C>> chosen() {
      return trials.stream().filter(Trial::passed).reduce((before, after) -> after);
    }
  }

  /**
   * Walks the sequence.
   *
   * @param candidates strictest first; must not depend on the rows that are tried
   * @param losses tries a candidate on every row; not asked for those after the first failure
   */
  <C> Result<C> walk(List<C> candidates, Function<C, List<Double>> losses) {
    List<Trial<C>> trials = new ArrayList<>();
    for (C candidate : candidates) {
      List<Double> tried = List.copyOf(losses.apply(candidate));
      double sum = tried.stream().mapToDouble(Double::doubleValue).sum();
      double pValue = test.pValue(sum, tried.size(), risk);
      boolean passed = pValue <= delta;
      trials.add(new Trial<>(candidate, tried, pValue, passed));
      if (!passed) {
        break;
      }
    }
    return new Result<>(trials);
  }

  /** Rows below which no candidate can pass, because a loss of 0 would not. */
  int fewestRows() {
    return test.rowsNeeded(0, risk, delta);
  }
}
