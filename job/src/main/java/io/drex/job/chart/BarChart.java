package io.drex.job.chart;

import java.util.List;

/** Amounts beside their names, a row for each. */
public final class BarChart {
  private static final int WIDTH = 640;
  private static final int ROW_HEIGHT = 28;
  private static final int NAME_WIDTH = 170;
  private static final int TEXT_WIDTH = 150;

  private BarChart() {}

  /**
   * One bar.
   *
   * @param amount not negative
   * @param text the amount for people
   */
  public record Bar(String name, double amount, String text) {}

  /**
   * The drawing; the longest bar takes all the room.
   *
   * @param label what it shows
   */
  public static String svg(String label, List<Bar> bars) {
    double most = bars.stream().mapToDouble(Bar::amount).max().orElse(0);
    Svg svg = new Svg(WIDTH, bars.size() * ROW_HEIGHT, label);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      double length = most == 0 ? 0 : bar.amount() / most * (WIDTH - NAME_WIDTH - TEXT_WIDTH);
      int y = i * ROW_HEIGHT;
      svg.words(0, y + 18, "start", bar.name())
          .add(
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#4477aa\"/>",
              NAME_WIDTH, y + 4, length, ROW_HEIGHT - 8)
          .words(NAME_WIDTH + length + 6, y + 18, "start", bar.text());
    }
    return svg.end();
  }
}
