package io.drex.job.calibrate;

import io.drex.job.calibrate.Calibration.Outcome;
import io.drex.job.calibrate.Calibration.Tried;
import java.util.List;
import java.util.Locale;

/** One static page without scripts: what was tried, and loss against mean depth. */
final class CalibrationReport {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 60;

  private CalibrationReport() {}

  /**
   * The page.
   *
   * @param layers of the model
   * @param summary what the verb printed
   */
  static String html(Outcome outcome, QualityBudget budget, int layers, List<String> summary) {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <title>DREX calibration</title>
    <style>
    body { font-family: sans-serif; max-width: 60em; margin: 2em auto; color: #222; }
    pre { background: #f4f4f4; padding: 1em; overflow-x: auto; }
    svg text { font-size: 13px; fill: #222; }
    </style>
    </head>
    <body>
    <h1>Calibration for %1$s</h1>
    <pre>%2$s</pre>
    <h2>Loss against mean depth</h2>
    %3$s
    <p>A dot is a candidate's measured loss on the held-out rows, the line above it reaches to the
    upper confidence bound, and the dashed line is the budget. Candidates after the first that fails
    are not tested.</p>
    </body>
    </html>
    """
        .formatted(
            escape(budget.text()),
            escape(String.join("\n", summary)),
            plot(outcome, budget.maxLoss(), layers));
  }

  private static String plot(Outcome outcome, double maxLoss, int layers) {
    double top =
        1.1
            * Math.max(
                maxLoss, outcome.tried().stream().mapToDouble(Tried::bound).max().orElse(maxLoss));
    StringBuilder svg = new StringBuilder();
    svg.append(
        format(
            "<svg width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"Loss against mean"
                + " depth\">%n",
            WIDTH, HEIGHT));
    line(svg, "stroke=\"#222\"", x(0, layers), y(0, top), x(layers, layers), y(0, top));
    line(svg, "stroke=\"#222\"", x(0, layers), y(0, top), x(0, layers), y(top, top));
    String dashed = "stroke=\"#aa3333\" stroke-dasharray=\"6 4\"";
    line(svg, dashed, x(0, layers), y(maxLoss, top), x(layers, layers), y(maxLoss, top));
    text(svg, x(0, layers), HEIGHT - 20, "0");
    text(svg, x(layers, layers) - 90, HEIGHT - 20, "all " + layers + " layers");
    text(svg, 4, y(maxLoss, top) + 4, format("%.4f", maxLoss));
    for (int i = 0; i < outcome.tried().size(); i++) {
      Tried tried = outcome.tried().get(i);
      double x = x(tried.meanDepth(), layers);
      String color = tried.passed() ? "#4477aa" : "#aa3333";
      line(svg, "stroke=\"" + color + "\"", x, y(tried.loss(), top), x, y(tried.bound(), top));
      svg.append(
          format(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n",
              x, y(tried.loss(), top), color));
      text(svg, x + 6, y(tried.bound(), top), Integer.toString(i + 1));
    }
    return svg.append("</svg>").toString();
  }

  private static double x(double depth, int layers) {
    return MARGIN + (WIDTH - 2 * MARGIN) * depth / layers;
  }

  private static double y(double loss, double top) {
    return HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * loss / top;
  }

  private static void line(
      StringBuilder svg, String stroke, double x1, double y1, double x2, double y2) {
    svg.append(
        format(
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>%n",
            x1, y1, x2, y2, stroke));
  }

  private static void text(StringBuilder svg, double x, double y, String text) {
    svg.append(format("<text x=\"%.1f\" y=\"%.1f\">%s</text>%n", x, y, text));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
