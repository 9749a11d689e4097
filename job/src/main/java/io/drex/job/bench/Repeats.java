package io.drex.job.bench;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.ToDoubleFunction;

/** One figure of several runs that differ in their seed or their time alone. Immutable. */
final class Repeats {
  /** Where there is no such figure. */
  static final Repeats NONE = new Repeats(new double[0]);

  private final double[] byRun;
  private final double[] sorted;

  private Repeats(double[] byRun) {
    this.byRun = byRun;
    sorted = byRun.clone();
    Arrays.sort(sorted);
  }

  /** A figure that is what it is, or that was taken once. */
  static Repeats once(double value) {
    return new Repeats(new double[] {value});
  }

  /** One value of each run, in the order of the runs. */
  static <T> Repeats of(List<T> runs, ToDoubleFunction<? super T> figure) {
    return new Repeats(runs.stream().mapToDouble(figure).toArray());
  }

  /** This figure and another, run by run. */
  Repeats with(Repeats other, DoubleBinaryOperator operator) {
    if (byRun.length != other.byRun.length) {
      throw new IllegalArgumentException(
          byRun.length + " runs cannot be paired with " + other.byRun.length);
    }
    double[] both = new double[byRun.length];
    for (int run = 0; run < both.length; run++) {
      both[run] = operator.applyAsDouble(byRun[run], other.byRun[run]);
    }
    return new Repeats(both);
  }

  /** By how many percent this is more than another, run by run. */
  Repeats gainOver(Repeats other) {
    return with(other, (mine, its) -> 100 * (mine / its - 1));
  }

  boolean isEmpty() {
    return sorted.length == 0;
  }

  int count() {
    return sorted.length;
  }

  double min() {
    return sorted[0];
  }

  double max() {
    return sorted[sorted.length - 1];
  }

  /** Of an even number of runs, the mean of the two in the middle. */
  double median() {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }
}
