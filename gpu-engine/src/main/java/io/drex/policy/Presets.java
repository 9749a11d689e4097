package io.drex.policy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** The names that users give to policies: the one place where text becomes a policy. */
public enum Presets {
  FULL_DEPTH(new ExitPolicy.FullDepth()),
  REBATCH(new ExitPolicy.Rebatch());

  private final ExitPolicy exitPolicy;

  Presets(ExitPolicy exitPolicy) {
    this.exitPolicy = exitPolicy;
  }

  /** The name that users write: lower case with underscores. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The policy of this name.
   *
   * @throws IllegalArgumentException if there is none; the message lists those there are
   */
  public static ExitPolicy exitPolicy(String name) {
    for (Presets preset : values()) {
      if (preset.text().equals(name)) {
        return preset.exitPolicy;
      }
    }
    throw new IllegalArgumentException("unknown policy '" + name + "'; known: " + known());
  }

  /** All names, for messages and help. */
  public static String known() {
    return Arrays.stream(values()).map(Presets::text).collect(Collectors.joining(", "));
  }
}
