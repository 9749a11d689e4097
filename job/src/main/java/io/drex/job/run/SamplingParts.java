package io.drex.job.run;

import io.drex.spark.RowOption;
import io.drex.spark.conf.ConfigKey;
import io.drex.spark.conf.ConfigKeys;
import io.drex.spark.conf.DrexConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How sampling changes results: its parts of the {@link Fingerprint}. */
final class SamplingParts {
  private static final List<ConfigKey<?>> CHOICE =
      List.of(
          ConfigKeys.TEMPERATURE,
          ConfigKeys.TOP_K,
          ConfigKeys.TOP_P,
          ConfigKeys.MIN_P,
          ConfigKeys.REPETITION_PENALTY,
          ConfigKeys.SEED);

  private SamplingParts() {}

  /** Options that are not used are left out, so that a run without them keeps its name. */
  static Map<String, String> of(DrexConfig config) {
    Map<String, String> parts = new TreeMap<>();
    parts.put("sampling", isGreedy(config) ? "greedy" : choice(config));
    parts.put("sampling.maxNewTokens", config.value(ConfigKeys.MAX_NEW_TOKENS).toString());
    config
        .optional(ConfigKeys.STOP)
        .ifPresent(stop -> parts.put("sampling.stop", String.join("\u0000", stop)));
    config
        .optional(ConfigKeys.EXIT_THRESHOLD)
        .ifPresent(threshold -> parts.put("sampling.exitThreshold", threshold.toString()));
    List<String> columns = columns(config);
    if (!columns.isEmpty()) {
      parts.put("sampling.optionColumns", String.join(", ", columns));
    }
    return parts;
  }

  private static boolean isGreedy(DrexConfig config) {
    return config.value(ConfigKeys.TEMPERATURE) == 0
        && config.value(ConfigKeys.REPETITION_PENALTY) == 1
        && columns(config).isEmpty();
  }

  private static List<String> columns(DrexConfig config) {
    return config.value(ConfigKeys.OPTION_COLS).stream()
        .filter(column -> RowOption.ofColumn(column).changesResults())
        .toList();
  }

  private static String choice(DrexConfig config) {
    return CHOICE.stream()
        .map(key -> key.name() + " " + config.value(key))
        .collect(Collectors.joining("; "));
  }
}
