package io.drex.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The options that an input row may bring with it, each in a column of the option's name; they
 * replace the run's.
 */
public enum RowOption {
  MAX_NEW_TOKENS,
  TEMPERATURE,
  TOP_K,
  TOP_P,
  MIN_P,
  REPETITION_PENALTY,
  EXIT_THRESHOLD,
  PRIORITY(Effect.WHEN_IT_RUNS),
  ROW_DEADLINE_MILLIS(Effect.WHEN_IT_RUNS);

  private enum Effect {
    RESULTS,
    WHEN_IT_RUNS
  }

  private final Effect effect;

  RowOption() {
    this(Effect.RESULTS);
  }

  RowOption(Effect effect) {
    this.effect = effect;
  }

  /** Whether a row with another value is another row, with other results. */
  public boolean changesResults() {
    return effect == Effect.RESULTS;
  }

  /**
   * The option of a column.
   *
   * @throws IllegalArgumentException listing the options there are
   */
  public static RowOption ofColumn(String column) {
    for (RowOption option : values()) {
      if (option.column().equals(column)) {
        return option;
      }
    }
    throw new IllegalArgumentException(
        "'" + column + "' is no option that a row may have; known: " + known());
  }

  /** The name of its column: lower case with underscores. */
  public String column() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static String known() {
    List<RowOption> all = Arrays.asList(values());
    return all.stream().map(RowOption::column).collect(Collectors.joining(", "));
  }
}
