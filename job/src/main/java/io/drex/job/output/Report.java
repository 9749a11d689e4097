package io.drex.job.output;

import io.drex.job.chart.Axis;
import io.drex.job.chart.BarChart;
import io.drex.job.chart.BarChart.Bar;
import io.drex.job.chart.LineChart;
import io.drex.job.chart.LineChart.Line;
import io.drex.job.chart.LineChart.Point;
import io.drex.job.chart.RangeChart;
import io.drex.job.chart.RangeChart.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code report.html}: one static page without scripts. Its figures are the written table's, but
 * for the speed over time, which counters told while the run went on.
 */
final class Report {
  private Report() {}

  /**
   * The page.
   *
   * @param depths depth of each place in the exit figures
   * @param summary the run's last lines
   */
  static String html(
      String runId, RunFigures run, RunCurves curves, List<Integer> depths, List<String> summary) {
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
    <h2>Speed over time</h2>
    %4$s
    <h2>Confidence against depth</h2>
    %5$s
    <h2>Errors by code</h2>
    %6$s
    %7$s
    </body>
    </html>
    """
        .formatted(
            escape(runId),
            escape(String.join("\n", summary)),
            exits(run.table(), depths),
            speeds(curves.speeds()),
            confidences(curves.confidences(), depths),
            errors(run),
            ThresholdChart.section(run.engines()));
  }

  private static String exits(TableFigures table, List<Integer> depths) {
    long all = table.exits().stream().mapToLong(Long::longValue).sum();
    if (all == 0) {
      return "<p>No token was generated.</p>";
    }
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < table.exits().size(); i++) {
      long tokens = table.exits().get(i);
      bars.add(
          new Bar(
              "depth " + depths.get(i),
              tokens,
              format("%d (%.1f %%)", tokens, 100.0 * tokens / all)));
    }
    return BarChart.svg("Tokens by exit depth", bars);
  }

  private static String speeds(List<Pace.Reading> speeds) {
    if (speeds.isEmpty()) {
      return "<p>This run generated nothing.</p>";
    }
    double end = speeds.get(speeds.size() - 1).seconds();
    double most = speeds.stream().mapToDouble(Pace.Reading::tokens).max().orElse(0);
    List<Point> points =
        speeds.stream().map(speed -> new Point(speed.seconds(), speed.tokens())).toList();
    return LineChart.svg(
        "Generated tokens per second over the run's time",
        Axis.fromZero("seconds since generating began", end),
        Axis.fromZero("tokens per second", most),
        List.of(new Line("all executors", points)));
  }

  private static String confidences(List<ConfidenceFigures> figures, List<Integer> depths) {
    if (figures.isEmpty()) {
      return "<p>Not recorded: <code>--token-stats</code> writes every token's.</p>";
    }
    List<Range> ranges = new ArrayList<>();
    for (ConfidenceFigures at : figures) {
      String name = "depth " + at.depth() + ", " + at.tokens() + " tokens";
      ranges.add(
          new Range(
              at.depth(),
              at.p5(),
              at.p50(),
              at.p95(),
              RangeChart.title(name, at.p5(), at.p50(), at.p95())));
    }
    double lowest = figures.stream().mapToDouble(ConfidenceFigures::p5).min().orElse(0);
    double highest = figures.stream().mapToDouble(ConfidenceFigures::p95).max().orElse(1);
    double margin = Math.max(1e-6, 0.05 * (highest - lowest));
    return "<p>Of the tokens of each exit depth: the median, and from 5 to 95 %.</p>\n"
        + RangeChart.svg(
            "Confidence by exit depth",
            new Axis("layers", 0, depths.get(depths.size() - 1) + 1),
            new Axis("confidence", lowest - margin, highest + margin),
            ranges);
  }

  private static String errors(RunFigures run) {
    List<Bar> bars = new ArrayList<>();
    run.table()
        .errors()
        .forEach((code, rows) -> bars.add(new Bar(code, rows, format("%d rows", rows))));
    run.retryable()
        .forEach(
            (code, rows) ->
                bars.add(new Bar(code, rows, format("%d rows, to be tried again", rows))));
    return bars.isEmpty() ? "<p>None.</p>" : BarChart.svg("Error rows by code", bars);
  }

  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
