package io.drex.job.chart;

import java.util.Locale;

/** One drawing. Text is escaped; numbers are written the same in every locale. */
final class Svg {
  private final StringBuilder text = new StringBuilder();

  /**
   * An empty drawing.
   *
   * @param label what readers who do not see it are told
   */
  Svg(int width, int height, String label) {
    add(
        "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"%s\">",
        width, height, width, height, escaped(label));
  }

  /** Adds one element; values that are text must be escaped. */
  Svg add(String pattern, Object... values) {
    text.append(String.format(Locale.ROOT, pattern, values)).append('\n');
    return this;
  }

  /** Adds words that end, begin or are centred at a point: {@code end}, {@code start}, middle. */
  Svg words(double x, double y, String anchor, String words) {
    return add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, escaped(words));
  }

  /** The drawing. */
  String end() {
    return text + "</svg>";
  }

  static String escaped(String words) {
    return words
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
