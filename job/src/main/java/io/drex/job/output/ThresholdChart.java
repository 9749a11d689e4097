package io.drex.job.output;

import io.drex.engine.FlushThresholds;
import io.drex.job.chart.Axis;
import io.drex.job.chart.LineChart;
import io.drex.job.chart.LineChart.Line;
import io.drex.job.chart.LineChart.Point;
import io.drex.spark.journal.EngineReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Planned flush thresholds over time, one line per ramp, for the report. */
final class ThresholdChart {
  private static final double MICROS_PER_SECOND = 1e6;

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
    double last = history.get(history.size() - 1).fromMicros() / MICROS_PER_SECOND;
    Axis time = Axis.fromZero("seconds since the engine opened", 1.05 * last);
    List<Line> lines = new ArrayList<>();
    for (int ramp = 0; ramp < history.get(0).rows().size(); ramp++) {
      List<Point> changes = new ArrayList<>();
      for (FlushThresholds thresholds : history) {
        changes.add(
            new Point(thresholds.fromMicros() / MICROS_PER_SECOND, thresholds.rows().get(ramp)));
      }
      lines.add(Line.steps("ramp " + (ramp + 1), changes, time.to()));
    }
    String intro =
        String.format(
            Locale.ROOT,
            "<p>Executor %s; the last change came %.1f s after its engine opened.</p>%n",
            executor,
            last);
    return intro
        + LineChart.svg("Flush thresholds", time, Axis.fromZero("rows", most), lines)
        + "\n";
  }
}
