package io.drex.job.chart;

/** The plane of a chart with two axes: the largest values are at the top and on the right. */
final class Frame {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 260;
  private static final int LEFT = 80;
  private static final int RIGHT = 16;
  private static final int TOP = 28;
  private static final int BOTTOM = 48;
  private static final int GAP = 6;
  private static final int NAME_WIDTH = 130;

  private final Svg svg;
  private final Axis across;
  private final Axis up;

  private Frame(Svg svg, Axis across, Axis up) {
    this.svg = svg;
    this.across = across;
    this.up = up;
  }

  /** A frame with its axes drawn. */
  static Frame draw(String label, Axis across, Axis up) {
    Frame frame = new Frame(new Svg(WIDTH, HEIGHT, label), across, up);
    for (double tick : up.ticks()) {
      double y = frame.y(tick);
      frame.svg.add(
          "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke=\"#ddd\"/>",
          LEFT, y, WIDTH - RIGHT, y);
      frame.svg.words(LEFT - GAP, y + 4, "end", up.text(tick));
    }
    double bottom = HEIGHT - BOTTOM;
    for (double tick : across.ticks()) {
      frame.svg.words(frame.x(tick), bottom + 18, "middle", across.text(tick));
    }
    frame.svg.words((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - GAP, "middle", across.label());
    frame.svg.add(
        "<text transform=\"translate(14 %.1f) rotate(-90)\" text-anchor=\"middle\">%s</text>",
        (TOP + bottom) / 2, Svg.escaped(up.label()));
    return frame;
  }

  /** Writes the name of the chart's {@code number}-th line above it. */
  void name(int number, String colour, String name) {
    double x = LEFT + (double) number * NAME_WIDTH;
    svg.add("<rect x=\"%.1f\" y=\"6\" width=\"12\" height=\"12\" fill=\"%s\"/>", x, colour);
    svg.words(x + 18, 17, "start", name);
  }

  Svg svg() {
    return svg;
  }

  double x(double value) {
    return LEFT + across.share(value) * (WIDTH - RIGHT - LEFT);
  }

  double y(double value) {
    return HEIGHT - BOTTOM - up.share(value) * (HEIGHT - BOTTOM - TOP);
  }
}
