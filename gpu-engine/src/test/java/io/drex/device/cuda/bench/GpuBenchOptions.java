package io.drex.device.cuda.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What is run, and for how long.
 *
 * @param out folder of the report
 * @param totalSeconds for all stages together
 * @param limits seconds of stages that differ from their own
 * @param stages in this order
 */
record GpuBenchOptions(
    Path out, double totalSeconds, Map<Stage, Double> limits, Sizes sizes, List<Stage> stages) {
  static final String USAGE =
      "OUT [--total SECONDS] [--limit STAGE=SECONDS]… [--size full|tiny] [STAGE…]";

  /** Leaves a command of ten minutes time to begin and to end. */
  private static final double TOTAL_SECONDS = 540;

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
        case "--size" -> sizes = Sizes.named(value);
        default -> throw new IllegalArgumentException("there is no option " + argument);
      }
    }
    List<Stage> chosen = stages.isEmpty() ? List.of(Stage.values()) : stages;
    return new GpuBenchOptions(Path.of(arguments.get(0)), total, limits, sizes, chosen);
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
