package io.drex.job.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values over time, or over anything that grows. */
public final class LineChart {
  private static final String[] COLOURS = {"#4477aa", "#ee6677", "#228833", "#ccbb44"};

  /** A line of no more points than this shows them. */
  private static final int MOST_DOTS = 40;

  private LineChart() {}

  /** A point of a line, in the axes' units. */
  public record Point(double x, double y) {}

  /**
   * One line.
   *
   * @param points by x
   */
  public record Line(String name, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }

    /**
     * Values that hold from a point's x until the next one's.
     *
     * @param end until when the last one holds
     */
    public static Line steps(String name, List<Point> changes, double end) {
      List<Point> points = new ArrayList<>();
      for (int i = 0; i < changes.size(); i++) {
        Point change = changes.get(i);
        points.add(change);
        points.add(new Point(i + 1 < changes.size() ? changes.get(i + 1).x() : end, change.y()));
      }
      return new Line(name, points);
    }
  }

  /**
   * The drawing.
   *
   * @param label what it shows
   */
  public static String svg(String label, Axis across, Axis up, List<Line> lines) {
    Frame frame = Frame.draw(label, across, up);
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String colour = COLOURS[i % COLOURS.length];
      frame
          .svg()
          .add(
              "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"><title>%s</title></polyline>",
              points(frame, line), colour, Svg.escaped(line.name()));
      if (line.points().size() <= MOST_DOTS) {
        for (Point point : line.points()) {
          frame
              .svg()
              .add(
                  "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>",
                  frame.x(point.x()), frame.y(point.y()), colour);
        }
      }
      frame.name(i, colour, line.name());
    }
    return frame.svg().end();
  }

  private static String points(Frame frame, Line line) {
    return line.points().stream()
        .map(
            point ->
                String.format(Locale.ROOT, "%.1f,%.1f", frame.x(point.x()), frame.y(point.y())))
        .collect(Collectors.joining(" "));
  }
}
