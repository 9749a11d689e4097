package io.drex.job.output;

import io.drex.engine.FlushThresholds;
import io.drex.spark.journal.EngineReading;
import java.util.List;
import java.util.Locale;

/** Planned flush thresholds over time, one step line per ramp, for the report. */
final class ThresholdChart {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 120;
  private static final int LABEL_WIDTH = 110;
  private static final int TEXT_HEIGHT = 20;
  private static final String[] COLOURS = {"#4477aa", "#ee6677", "#228833", "#ccbb44"};

  private ThresholdChart() {}

  /** A section with a chart for each engine that planned; empty if none did. */
  static String section(List<EngineReading> engines) {
    StringBuilder charts = new StringBuilder();
    for (EngineReading engine : engines) {
      List<FlushThresholds> history = engine.snapshot().flushThresholds();
      if (!history.isEmpty() && !history.get(0).rows().isEmpty()) {
        charts.append(chart(Report.escape(engine.executorId()), history));
      }
    }
    return charts.isEmpty() ? "" : "<h2>Buffered rows that started a flush</h2>\n" + charts;
  }

  private static String chart(String executor, List<FlushThresholds> history) {
    int most = history.stream().flatMap(t -> t.rows().stream()).mapToInt(n -> n).max().orElse(1);
    long last = history.get(history.size() - 1).fromMicros();
    int ramps = history.get(0).rows().size();
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<p>Executor %s; the last change came %.1f s after its engine opened.</p>%n",
            executor, last / 1e6));
    svg.append(
        format(
            "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"Flush thresholds\">%n",
            WIDTH, HEIGHT + ramps * TEXT_HEIGHT));
    svg.append(format("<text x=\"0\" y=\"%d\">%d rows</text>%n", TEXT_HEIGHT, most));
    for (int ramp = 0; ramp < ramps; ramp++) {
      String colour = COLOURS[ramp % COLOURS.length];
      svg.append(
          format(
              "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>%n",
              steps(history, ramp, most, last), colour));
      svg.append(
          format(
              "<text x=\"%d\" y=\"%d\"><tspan fill=\"%s\">&#9632;</tspan> ramp %d: %d rows at the"
                  + " end</text>%n",
              LABEL_WIDTH,
              HEIGHT + (ramp + 1) * TEXT_HEIGHT - 4,
              colour,
              ramp + 1,
              history.get(history.size() - 1).rows().get(ramp)));
    }
    return svg.append("</svg>\n").toString();
  }

  /** The path of one ramp's thresholds; the last of them goes on to the right edge. */
  private static String steps(List<FlushThresholds> history, int ramp, int most, long last) {
    double end = 1.05 * Math.max(1, last);
    StringBuilder path = new StringBuilder();
    for (FlushThresholds thresholds : history) {
      double x = LABEL_WIDTH + (WIDTH - LABEL_WIDTH) * (thresholds.fromMicros() / end);
      double y = HEIGHT - 4 - (HEIGHT - 12.0) * thresholds.rows().get(ramp) / most;
      path.append(path.isEmpty() ? format("M%.1f %.1f", x, y) : format(" H%.1f V%.1f", x, y));
    }
    return path.append(" H").append(WIDTH).toString();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
