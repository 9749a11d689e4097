package io.drex.spark.conf;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** When a run is to stop. */
public sealed interface Deadline {
  /** What users may write. */
  String FORM = "a time such as 2h30m or 90s, or a moment such as 2030-01-31T06:00:00Z";

  /** The moment for a run that started then. */
  Instant of(Instant start);

  /** At a moment. */
  record At(Instant moment) implements Deadline {
    @Override
    public Instant of(Instant start) {
      return moment;
    }
  }

  /** Some time after the start. */
  record In(Duration time) implements Deadline {
    @Override
    public Instant of(Instant start) {
      return start.plus(time);
    }
  }

  /**
   * @throws IllegalArgumentException if it has no form of {@link #FORM}
   */
  static Deadline parse(String text) {
    String word = text.strip().toUpperCase(Locale.ROOT);
    try {
      if (word.contains("T") && !word.startsWith("PT")) {
        return new At(Instant.parse(word));
      }
      Duration time = Duration.parse(word.startsWith("PT") ? word : "PT" + word);
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException(text);
      }
      return new In(time);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(text, e);
    }
  }
}
