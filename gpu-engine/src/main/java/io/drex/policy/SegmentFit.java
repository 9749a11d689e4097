package io.drex.policy;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Least squares of the relative error over the calls of one segment, with terms that are never
 * negative, so that the fit is neither, and grows with each of its arguments. Relative, because
 * small calls matter as much as large ones, and because a call that was interrupted then pulls no
 * harder than its share.
 */
final class SegmentFit {
  private static final int TERMS = SegmentCost.Fitted.TERMS;

  /** Weight that the observations that fade keep with each new one. */
  private static final double KEPT = 1 - 1.0 / 2_048;

  /** Weight of all that is kept for good, in observations. */
  private static final double LASTING_WEIGHT = 512;

  private static final int LEAST_OBSERVATIONS = 8;
  private static final double LEAST_MICROS = .01;

  private final Sums late = new Sums();
  private final Sums lasting = new Sums();
  private final double[] terms = new double[TERMS];
  private int observations;

  void observe(int decodeRows, double contextTokens, int promptRows, int headRows, double micros) {
    if (decodeRows + promptRows == 0) {
      return;
    }
    SegmentCost.Fitted.terms(decodeRows, contextTokens, promptRows, headRows, terms);
    late.add(terms, Math.max(LEAST_MICROS, micros));
    observations++;
  }

  void forget() {
    late.clear();
    observations = 0;
  }

  void keep() {
    if (late.weight > 0) {
      lasting.addScaled(late, LASTING_WEIGHT / late.weight);
      late.clear();
    }
  }

  boolean isReady() {
    return observations >= LEAST_OBSERVATIONS;
  }

  Supplier<SegmentCost> snapshot() {
    Sums all = new Sums();
    all.addScaled(lasting, 1);
    all.addScaled(late, 1);
    return () -> SegmentCost.Fitted.of(all.solve());
  }

  /** Sums of products over observations, each divided by the square of what was measured. */
  private static final class Sums {
    private static final int MOST_SWEEPS = 4_000;
    private static final double PRECISION = 1e-9;

    private final double[] products = new double[TERMS * TERMS]; // [term][term]
    private final double[] targets = new double[TERMS]; // [term]
    private double weight;

    void add(double[] terms, double measured) {
      double scale = 1 / (measured * measured);
      for (int i = 0; i < TERMS; i++) {
        double scaled = terms[i] * scale;
        targets[i] = targets[i] * KEPT + scaled * measured;
        for (int j = 0; j < TERMS; j++) {
          products[i * TERMS + j] = products[i * TERMS + j] * KEPT + scaled * terms[j];
        }
      }
      weight = weight * KEPT + 1;
    }

    void addScaled(Sums other, double scale) {
      for (int i = 0; i < products.length; i++) {
        products[i] += scale * other.products[i];
      }
      for (int i = 0; i < TERMS; i++) {
        targets[i] += scale * other.targets[i];
      }
      weight += scale * other.weight;
    }

    void clear() {
      Arrays.fill(products, 0);
      Arrays.fill(targets, 0);
      weight = 0;
    }

    /** Coordinate descent, which may not cross zero. [term] */
    double[] solve() {
      double[] solution = new double[TERMS];
      for (int sweep = 0; sweep < MOST_SWEEPS; sweep++) {
        double moved = 0;
        for (int i = 0; i < TERMS; i++) {
          moved = Math.max(moved, descend(solution, i));
        }
        if (moved < PRECISION) {
          return solution;
        }
      }
      return solution;
    }

    /** Returns by how much of a typical call's time the term moved. */
    private double descend(double[] solution, int i) {
      double own = products[i * TERMS + i];
      if (own == 0) {
        return 0;
      }
      double slope = targets[i];
      for (int j = 0; j < TERMS; j++) {
        slope -= products[i * TERMS + j] * solution[j];
      }
      double before = solution[i];
      solution[i] = Math.max(0, before + slope / own);
      return Math.abs(solution[i] - before) * Math.sqrt(own / weight);
    }
  }
}
