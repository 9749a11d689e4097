package io.drex.device.cuda.bench;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;

/**
 * What was measured: the median of some repeats, and their spread.
 *
 * @param unit of all values, such as {@code ms}
 * @param repeats measured; 1 where the figure is computed or was there once
 */
public record Figure(double median, double least, double largest, int repeats, String unit) {

  /** Of repeats, in any order. */
  public static Figure of(String unit, double... samples) {
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Figure(median, sorted[0], sorted[n - 1], n, unit);
  }

  /** This in another unit; what grows may fall by it. */
  public Figure as(String other, DoubleUnaryOperator change) {
    double a = change.applyAsDouble(least);
    double b = change.applyAsDouble(largest);
    double middle = change.applyAsDouble(median);
    return new Figure(middle, Math.min(a, b), Math.max(a, b), repeats, other);
  }

  /** The median, and the spread where there is one: {@code 3.21 (3.18 to 3.40)}. */
  String text() {
    return repeats == 1
        ? digits(median)
        : digits(median) + " (" + digits(least) + " to " + digits(largest) + ")";
  }

  private static String digits(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    double size = Math.abs(value);
    int places = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 1 ? 2 : 4;
    return String.format(Locale.ROOT, "%." + places + "f", value);
  }
}
