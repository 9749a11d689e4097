package io.drex.job.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One direction of a chart.
 *
 * @param label what is shown, with its unit
 * @param from the value at its beginning
 * @param to the value at its end, more than {@code from}
 */
public record Axis(String label, double from, double to) {
  private static final int MOST_TICKS = 6;

  public Axis {
    if (!(from < to)) {
      throw new IllegalArgumentException("an axis from " + from + " to " + to + " has no length");
    }
  }

  /** From 0 to a round number that no value exceeds. */
  public static Axis fromZero(String label, double most) {
    double step = step(most <= 0 ? 1 : most);
    return new Axis(label, 0, step * Math.ceil((most <= 0 ? 1 : most) / step));
  }

  /** Where a value lies, 0 at the beginning and 1 at the end. */
  double share(double value) {
    return (value - from) / (to - from);
  }

  /** Round values to write beside the axis. */
  List<Double> ticks() {
    double step = step(to - from);
    List<Double> ticks = new ArrayList<>();
    for (long i = (long) Math.ceil(from / step - 1e-9); i * step <= to + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** A tick's value in as few digits as tell it from its neighbours. */
  String text(double tick) {
    int digits = (int) Math.max(0, Math.ceil(-Math.log10(step(to - from)) - 1e-9));
    return String.format(Locale.ROOT, "%." + digits + "f", tick);
  }

  /** 1, 2 or 5 times a power of ten. */
  private static double step(double length) {
    double power = Math.pow(10, Math.floor(Math.log10(length / MOST_TICKS)));
    for (int factor : new int[] {1, 2, 5}) {
      if (length / (factor * power) <= MOST_TICKS) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
