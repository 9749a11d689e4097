package io.drex.job.doctor;

/**
 * What was found about one thing.
 *
 * @param subject what was looked at
 * @param fact what is the case
 * @param remedy what to do; empty if all is well
 */
record Finding(Level level, String subject, String fact, String remedy) {
  /** How bad it is. */
  enum Level {
    /** As it should be. */
    OK,
    /** Works, but slowly or not everywhere. */
    WARN,
    /** A run would fail. */
    FAIL
  }

  static Finding ok(String subject, String fact) {
    return new Finding(Level.OK, subject, fact, "");
  }

  static Finding warn(String subject, String fact, String remedy) {
    return new Finding(Level.WARN, subject, fact, remedy);
  }

  static Finding fail(String subject, String fact, String remedy) {
    return new Finding(Level.FAIL, subject, fact, remedy);
  }

  /** One line: level, subject, fact, remedy. */
  String line() {
    String word = level.name().toLowerCase(java.util.Locale.ROOT);
    String start = String.format("%-4s  %-11s %s", word, subject, fact);
    return remedy.isEmpty() ? start : start + " → " + remedy;
  }
}
