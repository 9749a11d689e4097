package io.drex.device.cuda.bench;

import io.drex.device.cuda.bench.Part.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Runs all that is to be known of a GPU, a stage after the other, each in a process of its own with
 * a limit of time, and keeps what each has found in one report. {@code on-gpu/run.sh} starts it.
 */
final class GpuBench {
  /** A stage of fewer seconds finds nothing. */
  private static final double LEAST_SECONDS = 5;

  /** Of a stage's time, for writing down and ending what it is at. */
  private static final double ENDING_SHARE = .1;

  private static final int LOG_LINES = 5;

  private final GpuBenchOptions options;
  private final Path folder; // of parts
  private final Path log;
  private final StageCommands commands;
  private final long startNanos = System.nanoTime();
  private Report report;

  /** What runs a stage. */
  interface StageCommands {
    /**
     * @param seconds after which it should end by itself
     */
    List<String> of(Stage stage, Path part, double seconds);
  }

  private GpuBench(GpuBenchOptions options, Path folder, StageCommands commands)
      throws IOException {
    this.options = options;
    this.folder = folder;
    this.commands = commands;
    log = options.out().resolve("log.txt");
    report = Report.read(options.from() == null ? json() : options.from());
  }

  /**
   * @param arguments as {@link GpuBenchOptions} has them
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    GpuBenchOptions options;
    try {
      options = GpuBenchOptions.parse(List.of(arguments));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\n" + GpuBenchOptions.USAGE);
      System.exit(2);
      return;
    }
    System.setProperty(PeersStage.OUTPUTS, options.outputs());
    int code =
        run(
            options,
            (stage, part, seconds) -> Commands.stage(stage.text(), part, seconds, options.sizes()));
    System.out.println(Files.readString(options.out().resolve("report.md")));
    System.exit(code);
  }

  /**
   * Runs the stages that the options name.
   *
   * @return 0 if all went well, 1 if a test or a stage did not, 5 if there is no GPU
   */
  static int run(GpuBenchOptions options, StageCommands commands)
      throws IOException, InterruptedException {
    Files.createDirectories(options.out());
    Path folder = Files.createTempDirectory("drex-gpu-bench");
    try {
      return new GpuBench(options, folder, commands).run();
    } finally {
      deleteAll(folder);
    }
  }

  private static void deleteAll(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private int run() throws IOException, InterruptedException {
    for (Part earlier : report.parts()) { // later stages read some
      Report.write(earlier, part(earlier.stage()));
    }
    boolean isGood = true;
    for (Stage stage : options.stages()) {
      double seconds = Math.min(options.seconds(stage), options.totalSeconds() - spentSeconds());
      if (seconds < LEAST_SECONDS) {
        String text = "not started: %.0f of the %.0f s in all were over; run it by its name";
        String why = text.formatted(spentSeconds(), options.totalSeconds());
        keep(new Part(stage.text(), State.INCOMPLETE, why, 0, List.of()));
        isGood = false;
        continue;
      }
      Files.deleteIfExists(part(stage.text()));
      double ending = Math.max(1, seconds * ENDING_SHARE);
      List<String> command = commands.of(stage, part(stage.text()), seconds - ending);
      double start = spentSeconds();
      int code = Commands.run(command, log, seconds, () -> writeWhatThereIs(stage));
      Part part = part(stage, code, spentSeconds() - start);
      keep(part);
      if (code == StageProgram.NO_GPU && stage == options.stages().get(0)) { // not one that is lost
        return StageProgram.NO_GPU;
      }
      isGood &= part.isGood();
    }
    return isGood ? 0 : 1;
  }

  private double spentSeconds() {
    return (System.nanoTime() - startNanos) / 1e9;
  }

  private Path part(String stage) {
    return folder.resolve(stage + ".json");
  }

  private Path json() {
    return options.out().resolve("report.json");
  }

  private void keep(Part part) throws IOException {
    write(part);
    System.out.printf(
        Locale.ROOT,
        "%s: %s in %.1f s %s%n",
        part.stage(),
        part.state(),
        part.seconds(),
        part.reason());
  }

  private void write(Part part) throws IOException {
    report = StrictPrice.addTo(report.with(part));
    report.write(json(), options.out().resolve("report.md"));
  }

  /** Keeps what a stage has found so far, should this process be ended before the stage is. */
  private void writeWhatThereIs(Stage stage) throws IOException {
    if (Files.exists(part(stage.text()))) {
      write(Report.readPart(part(stage.text())));
    }
  }

  /** What a stage left; it says so itself where it came to its end. */
  private Part part(Stage stage, int code, double seconds) throws IOException {
    Path file = part(stage.text());
    List<Table> tables = Files.exists(file) ? Report.readPart(file).tables() : List.of();
    if (code < 0) {
      String why = "stopped after %.0f s".formatted(seconds);
      return new Part(stage.text(), State.INCOMPLETE, why, seconds, tables);
    }
    boolean toldItself = code == 0 || code == 1 || code == StageProgram.NO_GPU;
    if (toldItself && Files.exists(file)) {
      Part own = Report.readPart(file);
      return new Part(own.stage(), own.state(), own.reason(), seconds, own.tables());
    }
    String why = "ended with exit code " + code + ": " + lastLines();
    return new Part(stage.text(), State.FAILED, why, seconds, tables);
  }

  private String lastLines() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(log, StandardCharsets.ISO_8859_1));
    return String.join("; ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
  }
}
