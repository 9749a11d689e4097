package io.drex.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The names that users give to policies: the one place where text becomes a policy. */
public enum Presets {
  FULL_DEPTH(new ExitPolicy.FullDepth()),
  REBATCH(new ExitPolicy.Rebatch()),
  ANY(new ExitPolicy.Any()),
  ALL(new ExitPolicy.All()),
  MEDIAN(new ExitPolicy.Median()),
  MEAN(new ExitPolicy.Mean()),
  LATENCY_ONLY(new ExitPolicy.LatencyOnly()),
  ART(new ExitPolicy.Art(new RebatchThreshold.Measured()));

  /** Before the rows of a fixed threshold. */
  private static final String ART_OF = "art:";

  private final ExitPolicy exitPolicy;

  Presets(ExitPolicy exitPolicy) {
    this.exitPolicy = exitPolicy;
  }

  /** The name that users write: lower case with underscores. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The policy of this name; {@code art:3} is {@code art} with a fixed threshold of 3 rows.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static ExitPolicy exitPolicy(String name) {
    for (Presets preset : values()) {
      if (preset.text().equals(name)) {
        return preset.exitPolicy;
      }
    }
    if (name.startsWith(ART_OF)) {
      return new ExitPolicy.Art(new RebatchThreshold.Fixed(rows(name)));
    }
    throw new IllegalArgumentException("unknown policy '" + name + "'; known: " + known());
  }

  private static int rows(String name) {
    try {
      return Integer.parseInt(name.substring(ART_OF.length()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "policy '" + name + "' needs a number of rows after the colon, such as art:2", e);
    }
  }

  /** All names, for messages and help. */
  public static String known() {
    return Arrays.stream(values()).map(Presets::text).collect(Collectors.joining(", "))
        + ", "
        + ART_OF
        + "<rows>";
  }
}
