package io.drex.demo.train;

import io.drex.demo.recipe.ModelShape;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The training curve, {@code curve.csv}: one line per logged step; scores are empty where the step
 * was not validated. A resumed run appends. Used by one thread.
 */
final class Curve implements AutoCloseable {
  private final BufferedWriter out;
  private final int exits;

  /**
   * One line's measurements.
   *
   * @param cpuSeconds of all threads of this process
   * @param seconds of the clock since this process began to train
   */
  record Point(
      int step, long tokens, double cpuSeconds, double seconds, double rate, Losses losses) {}

  private Curve(BufferedWriter out, int exits) {
    this.out = out;
    this.exits = exits;
  }

  /** Opens the file in a folder, with its header line if it is new. */
  static Curve open(Path folder, ModelShape shape) throws IOException {
    Path file = folder.resolve("curve.csv");
    boolean isNew = !Files.exists(file);
    BufferedWriter out =
        Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Curve curve = new Curve(out, shape.ramps().size() + 1);
    if (isNew) {
      curve.line(header(shape));
    }
    return curve;
  }

  void add(Point point) throws IOException {
    List<String> cells = cells(point);
    for (int i = 0; i < 4 * exits; i++) {
      cells.add("");
    }
    line(cells);
  }

  void add(Point point, Validation validation) throws IOException {
    List<String> cells = cells(point);
    for (Validation.Exit exit : validation.exits()) {
      cells.add(number("%.5f", exit.accuracy()));
      cells.add(number("%.4f", exit.exact()));
      cells.add(number("%.5f", exit.confident()));
      cells.add(number("%.5f", exit.agreement()));
    }
    line(cells);
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  private static List<String> header(ModelShape shape) {
    List<String> names =
        new ArrayList<>(List.of("step", "tokens", "cpu_seconds", "seconds", "lr", "loss_full"));
    shape.ramps().forEach(depth -> names.add("loss_ramp" + depth));
    names.add("loss_article");
    List<String> exits = new ArrayList<>();
    shape.ramps().forEach(depth -> exits.add("ramp" + depth));
    exits.add("full");
    for (String exit : exits) {
      for (String score : List.of("accuracy", "exact_match", "confident", "agreement")) {
        names.add(exit + "_" + score);
      }
    }
    return names;
  }

  private static List<String> cells(Point point) {
    List<String> cells = new ArrayList<>();
    cells.add(Integer.toString(point.step()));
    cells.add(Long.toString(point.tokens()));
    cells.add(number("%.1f", point.cpuSeconds()));
    cells.add(number("%.1f", point.seconds()));
    cells.add(number("%.6f", point.rate()));
    cells.add(number("%.5f", point.losses().full()));
    for (double loss : point.losses().ramps()) {
      cells.add(number("%.5f", loss));
    }
    cells.add(number("%.5f", point.losses().article()));
    return cells;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void line(List<String> cells) throws IOException {
    out.write(String.join(",", cells));
    out.write('\n');
    out.flush();
  }
}
