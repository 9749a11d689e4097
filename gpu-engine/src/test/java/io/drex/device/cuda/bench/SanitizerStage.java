package io.drex.device.cuda.bench;

import io.drex.device.cuda.bench.Part.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Short tests under compute-sanitizer: bad accesses, races, barriers that not all threads reach.
 */
final class SanitizerStage {
  private static final String PROGRAM = "compute-sanitizer";
  private static final List<String> TOOLS = List.of("memcheck", "racecheck", "synccheck");
  private static final Pattern SUMMARY =
      Pattern.compile("(?:ERROR SUMMARY|RACECHECK SUMMARY): (\\d+)");
  private static final int ERRORS_FOUND = 9;

  private final Bench bench;
  private final String program;
  private final Output.Rows rows;

  private SanitizerStage(Bench bench, String program, Output.Rows rows) {
    this.bench = bench;
    this.program = program;
    this.rows = rows;
  }

  static void run(Bench bench) throws IOException, InterruptedException {
    Output out = bench.out();
    Output.Rows rows =
        out.table(
            "sanitizer",
            "compute-sanitizer",
            "Tests of kernels, each tool with a share of the time.");
    Optional<String> program =
        Commands.find(PROGRAM, "/usr/local/cuda/bin", "/usr/local/cuda/compute-sanitizer");
    if (program.isEmpty()) {
      out.ended(State.UNAVAILABLE, PROGRAM + " is not on the PATH, nor in /usr/local/cuda");
      return;
    }
    SanitizerStage stage = new SanitizerStage(bench, program.get(), rows);
    for (int i = 0; i < TOOLS.size(); i++) {
      if (out.hasTime()) {
        stage.run(TOOLS.get(i), out.secondsLeft() / (TOOLS.size() - i));
      }
    }
  }

  private void run(String tool, double seconds) throws IOException, InterruptedException {
    Path part = bench.folder().resolve(PROGRAM + "-" + tool + ".json");
    Path log = bench.folder().resolve(PROGRAM + "-" + tool + ".log");
    Files.deleteIfExists(part);
    Files.deleteIfExists(log);
    int ended = Commands.run(command(tool, part, seconds), log, seconds, () -> {});
    String text = Files.readString(log, StandardCharsets.ISO_8859_1);
    System.out.println(text);
    Matcher summary = SUMMARY.matcher(text);
    Row row = Row.of("tool", tool, "ended", ended < 0 ? "time over" : "exit code " + ended);
    if (Files.exists(part)) {
      Table tests = Report.readPart(part).tables().get(0);
      row = row.with("classes", Figure.of("", tests.rows().size()));
      for (String count : List.of("passed", "failed")) {
        double sum =
            tests.rows().stream()
                .flatMap(test -> Stream.ofNullable(test.figures().get(count)))
                .mapToDouble(Figure::median)
                .sum();
        row = row.with(count, Figure.of("", sum));
      }
    }
    if (summary.find()) {
      row = row.with("errors", Figure.of("", Double.parseDouble(summary.group(1))));
    }
    rows.add(row);
    note(tool, ended, Files.exists(part) ? Report.readPart(part) : null);
  }

  /** The tests' own part tells more than an exit code, which is 1 also where time was over. */
  private void note(String tool, int ended, @Nullable Part tests) {
    if (ended == ERRORS_FOUND) {
      bench.out().ended(State.FAILED, tool + " found errors; the log has them");
    } else if (ended < 0) {
      bench.out().ended(State.INCOMPLETE, tool + " had not the time for all tests");
    } else if (tests == null) {
      bench.out().ended(State.FAILED, "under " + tool + " the tests ended with " + ended);
    } else if (tests.state() != State.COMPLETE) {
      bench.out().ended(tests.state(), "under " + tool + ": " + tests.reason());
    }
  }

  private List<String> command(String tool, Path part, double seconds) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(program, "--tool", tool, "--target-processes", "all"));
    command.addAll(List.of("--error-exitcode", String.valueOf(ERRORS_FOUND)));
    double forTests = seconds * .8; // it stops between two classes of tests
    command.addAll(Commands.stage(Stage.SUITE.text(), part, forTests, bench.sizes()));
    command.addAll(bench.sizes().sanitized());
    return command;
  }
}
