package io.drex.demo.train;

import io.drex.demo.recipe.ModelShape;
import io.drex.demo.recipe.Progress;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The training curve, {@code curve.csv}: one line per logged step; scores are empty where the step
 * was not validated. A resumed run drops what came after its checkpoint. Used by one thread.
 */
final class Curve implements AutoCloseable {
  /** The file's name. */
  static final String FILE = "curve.csv";

  private static final int SCORES = 4;

  private final BufferedWriter out;
  private final int exits;

  private Curve(BufferedWriter out, int exits) {
    this.out = out;
    this.exits = exits;
  }

  /** Opens the file of a model folder for a run that has come so far. */
  static Curve open(Path folder, ModelShape shape, Progress progress) throws IOException {
    Path file = folder.resolve(FILE);
    List<String> header = header(shape);
    List<String> kept = new ArrayList<>(List.of(String.join(",", header)));
    if (progress.step() > 0 && Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] cells = line.split(",", -1);
        // The last line of a run that was killed may be cut off.
        boolean whole = cells.length == header.size() && !line.equals(kept.get(0));
        if (whole && Integer.parseInt(cells[0]) <= progress.step()) {
          kept.add(line);
        }
      }
    }
    Curve curve = new Curve(Files.newBufferedWriter(file), shape.ramps().size() + 1);
    for (String line : kept) {
      curve.line(line);
    }
    return curve;
  }

  /** Adds a step that was not validated. */
  void add(Progress progress, double rate, Losses losses) throws IOException {
    line(cells(progress, rate, losses) + ",".repeat(SCORES * exits));
  }

  /** Adds a step with its scores. */
  void add(Progress progress, double rate, Losses losses, Validation validation)
      throws IOException {
    StringBuilder cells = new StringBuilder(cells(progress, rate, losses));
    for (Validation.Exit exit : validation.exits()) {
      cells.append(
          String.format(
              Locale.ROOT,
              ",%.5f,%.4f,%.5f,%.5f",
              exit.accuracy(),
              exit.exact(),
              exit.confident(),
              exit.agreement()));
    }
    line(cells.toString());
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

  private static String cells(Progress progress, double rate, Losses losses) {
    StringBuilder cells =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d,%d,%.1f,%.1f,%.6f,%.5f",
                progress.step(),
                progress.tokens(),
                progress.cpuSeconds(),
                progress.seconds(),
                rate,
                losses.full()));
    for (double loss : losses.ramps()) {
      cells.append(String.format(Locale.ROOT, ",%.5f", loss));
    }
    return cells.append(String.format(Locale.ROOT, ",%.5f", losses.article())).toString();
  }

  private void line(String line) throws IOException {
    out.write(line);
    out.write('\n');
    out.flush();
  }
}
