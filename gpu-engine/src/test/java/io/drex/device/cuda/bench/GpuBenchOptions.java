package io.drex.device.cuda.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is run, and for how long.
 *
 * @param out folder of the report
 * @param from the report of an earlier command, to be extended; null for the one in the folder
 * @param totalSeconds for all stages together
 * @param limits seconds of stages that differ from their own
 * @param outputs lengths of the peers' completions, between commas; empty for the sizes' own
 * @param stages in this order
 */
record GpuBenchOptions(
    Path out,
    @Nullable Path from,
    double totalSeconds,
    Map<Stage, Double> limits,
    Sizes sizes,
    String outputs,
    List<Stage> stages) {
  static final String USAGE =
      "OUT [--from REPORT.json] [--total SECONDS] [--limit STAGE=SECONDS]…"
          + " [--outputs TOKENS,…] [--size full|tiny] [STAGE…]";

  /** Leaves a command of ten minutes time to begin and to end. */
  static final double TOTAL_SECONDS = 540;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is none; the message says what is wrong
   */
  static GpuBenchOptions parse(List<String> arguments) {
    if (arguments.isEmpty() || arguments.get(0).startsWith("-")) {
      throw new IllegalArgumentException("the folder to write to is missing");
    }
    double total = TOTAL_SECONDS;
    Map<Stage, Double> limits = new EnumMap<>(Stage.class);
    Sizes sizes = Sizes.FULL;
    Path from = null;
    String outputs = "";
    List<Stage> stages = new ArrayList<>();
    for (int i = 1; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (!argument.startsWith("-")) {
        stages.add(Stage.named(argument));
        continue;
      }
      if (i + 1 == arguments.size()) {
        throw new IllegalArgumentException(argument + " needs a value");
      }
      String value = arguments.get(++i);
      switch (argument) {
        case "--total" -> total = seconds(argument, value);
        case "--limit" -> {
          int equals = value.indexOf('=');
          String stage = value.substring(0, Math.max(0, equals));
          limits.put(Stage.named(stage), seconds(argument, value.substring(equals + 1)));
        }
        case "--from" -> from = report(value);
        case "--outputs" -> outputs = lengths(value);
        case "--size" -> sizes = Sizes.named(value);
        default -> throw new IllegalArgumentException("there is no option " + argument);
      }
    }
    List<Stage> chosen = stages.isEmpty() ? Stage.FIRST : stages;
    return new GpuBenchOptions(
        Path.of(arguments.get(0)), from, total, limits, sizes, outputs, chosen);
  }

  private static Path report(String value) {
    Path file = Path.of(value);
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("--from takes a report.json; '" + value + "' is no file");
    }
    return file;
  }

  private static String lengths(String value) {
    if (!value.matches("[1-9]\\d{0,3}(,[1-9]\\d{0,3})*")) {
      throw new IllegalArgumentException(
          "--outputs takes numbers of tokens, such as 64,256, not '" + value + "'");
    }
    return value;
  }

  private static double seconds(String option, String value) {
    try {
      double seconds = Double.parseDouble(value);
      if (seconds > 0) {
        return seconds;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(option + " takes a number of seconds, not '" + value + "'");
  }

  /** Most seconds that a stage may take. */
  double seconds(Stage stage) {
    return limits.getOrDefault(stage, (double) stage.seconds());
  }
}
