package io.drex.job.output;

import java.util.List;
import java.util.Locale;

/** {@code report.html}: one static page without scripts. */
final class Report {
  private static final int WIDTH = 640;
  private static final int ROW_HEIGHT = 28;
  private static final int LABEL_WIDTH = 110;
  private static final int VALUE_WIDTH = 90;

  private Report() {}

  /**
   * The page.
   *
   * @param summary the run's last lines
   */
  static String html(String runId, RunFigures run, List<Integer> depths, List<String> summary) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>DREX run %1$s</title>
    <style>
    body { font-family: sans-serif; max-width: 52em; margin: 2em auto; color: #222; }
    pre { background: #f4f4f4; padding: 1em; white-space: pre-wrap; }
    svg text { font-size: 13px; fill: #222; }
    </style>
    </head>
    <body>
    <h1>Run %1$s</h1>
    <pre>%2$s</pre>
    <h2>Where tokens were emitted</h2>
    %3$s
    %4$s
    </body>
    </html>
    """
        .formatted(
            escape(runId),
            escape(String.join("\n", summary)),
            histogram(run.table(), depths),
            ThresholdChart.section(run.engines()));
  }

  private static String histogram(TableFigures table, List<Integer> depths) {
    long all = table.exits().stream().mapToLong(Long::longValue).sum();
    if (all == 0) {
      return "<p>No token was generated.</p>";
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"Exit depths\">%n",
            WIDTH, table.exits().size() * ROW_HEIGHT));
    int room = WIDTH - LABEL_WIDTH - VALUE_WIDTH;
    for (int i = 0; i < table.exits().size(); i++) {
      double share = (double) table.exits().get(i) / all;
      int y = i * ROW_HEIGHT;
      svg.append(format("<text x=\"0\" y=\"%d\">depth %d</text>%n", y + 18, depths.get(i)));
      svg.append(
          format(
              "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"#4477aa\"/>%n",
              LABEL_WIDTH, y + 4, room * share, ROW_HEIGHT - 8));
      svg.append(
          format(
              "<text x=\"%.1f\" y=\"%d\">%.1f %%</text>%n",
              LABEL_WIDTH + room * share + 6, y + 18, 100 * share));
    }
    return svg.append("</svg>").toString();
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
