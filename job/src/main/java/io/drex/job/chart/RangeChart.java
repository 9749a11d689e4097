package io.drex.job.chart;

import java.util.List;
import java.util.Locale;

/** Where values of several kinds lie: a bar from low to high and a mark at the middle of each. */
public final class RangeChart {
  private RangeChart() {}

  /**
   * One bar.
   *
   * @param x where it stands
   * @param title what a reader is told who points at it
   */
  public record Range(double x, double low, double middle, double high, String title) {}

  /**
   * The drawing.
   *
   * @param label what it shows
   */
  public static String svg(String label, Axis across, Axis up, List<Range> ranges) {
    Frame frame = Frame.draw(label, across, up);
    for (Range range : ranges) {
      double x = frame.x(range.x());
      frame
          .svg()
          .add(
              "<g><title>%s</title><line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\""
                  + " stroke=\"#4477aa\" stroke-width=\"6\" stroke-opacity=\"0.5\"/>"
                  + "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#4477aa\"/></g>",
              Svg.escaped(range.title()),
              x,
              frame.y(range.low()),
              x,
              frame.y(range.high()),
              x,
              frame.y(range.middle()));
    }
    return frame.svg().end();
  }

  /** The title of a range: its values in full. */
  public static String title(String name, double low, double middle, double high) {
    return String.format(Locale.ROOT, "%s: %.6f, %.6f, %.6f", name, low, middle, high);
  }
}
