package io.drex.job.bench;

import java.awt.Color;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Draws a table, as a PNG file's bytes. */
interface Plotter {
  /**
   * The table's plot.
   *
   * @throws Unavailable if this machine has no fonts, or a Java without graphics
   */
  byte[] png(Table table, Plot plot) throws Unavailable;

  /** Java cannot draw here. */
  final class Unavailable extends Exception {
    private static final long serialVersionUID = 1;

    Unavailable(Throwable cause) {
      super("Java cannot draw here (" + cause + ")", cause);
    }
  }

  /** Draws with XChart and without a display. */
  final class Headless implements Plotter {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 420;
    private static final float TITLE_POINTS = 13;
    private static final String HEADLESS = "java.awt.headless";

    /** Axes that reach further than this are logarithmic. */
    private static final double FAR = 20;

    @Override
    public byte[] png(Table table, Plot plot) throws Unavailable {
      plot.columns()
          .forEach(table::columnIndex); // what is wrong with the plot is no matter of fonts
      if (System.getProperty(HEADLESS) == null) {
        System.setProperty(HEADLESS, "true"); // before the first class of AWT
      }
      try {
        return BitmapEncoder.getBitmapBytes(chart(table, plot), BitmapFormat.PNG);
      } catch (IOException e) {
        throw new UncheckedIOException("a plot cannot be encoded", e);
      } catch (LinkageError | InternalError | RuntimeException e) {
        // What Java's graphics throw without libfreetype, fontconfig or fonts differs by version.
        throw new Unavailable(e);
      }
    }

    private static XYChart chart(Table table, Plot plot) {
      Column first = table.columns().get(table.columnIndex(plot.columns().get(0)));
      XYChart chart =
          new XYChartBuilder()
              .width(WIDTH)
              .height(HEIGHT)
              .title(table.id() + " – " + table.title())
              .xAxisTitle(plot.x())
              .yAxisTitle(plot.columns().size() == 1 ? first.heading() : first.unit())
              .build();
      chart.getStyler().setLegendPosition(LegendPosition.OutsideS);
      chart.getStyler().setLegendLayout(LegendLayout.Horizontal);
      chart.getStyler().setChartBackgroundColor(Color.WHITE);
      chart
          .getStyler()
          .setChartTitleFont(chart.getStyler().getChartTitleFont().deriveFont(TITLE_POINTS));
      double[] x = table.rows().stream().mapToDouble(row -> x(row, plot)).sorted().toArray();
      chart.getStyler().setXAxisLogarithmic(x[0] > 0 && x[x.length - 1] > FAR * x[0]);
      for (String column : plot.columns()) {
        int index = table.columnIndex(column);
        lines(table, plot)
            .forEach(
                (value, rows) ->
                    chart.addSeries(
                        plot.line().isEmpty() ? column : plot.line() + " " + value,
                        rows.stream().map(row -> x(row, plot)).toList(),
                        rows.stream().map(row -> row.figures().get(index).median()).toList()));
      }
      return chart;
    }

    private static double x(Row row, Plot plot) {
      return Double.parseDouble(String.valueOf(row.config().get(plot.x())));
    }

    private static Map<String, List<Row>> lines(Table table, Plot plot) {
      Map<String, List<Row>> lines = new LinkedHashMap<>();
      for (Row row : table.rows()) {
        String value = String.valueOf(row.config().get(plot.line()));
        lines.computeIfAbsent(value, key -> new ArrayList<>()).add(row);
      }
      return lines;
    }
  }
}
