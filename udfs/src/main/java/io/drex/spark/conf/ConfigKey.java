package io.drex.spark.conf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One typed, documented setting.
 *
 * @param group the middle of the Spark key
 * @param name camelCase, unique over all groups; also the JSON key
 * @param defaultText the default as users would write it; null if there is none
 * @param allowed what values are allowed, for messages and docs
 * @param doc one sentence
 * @param parser text to value; throws IllegalArgumentException for what is not allowed
 * @param <T> the value's type
 */
public record ConfigKey<T>(
    String group,
    String name,
    @Nullable String defaultText,
    String allowed,
    String doc,
    Function<String, T> parser) {
  private static final String NAMES = "names separated by commas";
  private static final String TRUE_FALSE = "true, false";

  /** Any text; blanks around it do not count. */
  static ConfigKey<String> text(String group, String name, @Nullable String fallback, String doc) {
    return new ConfigKey<>(group, name, fallback, "text", doc, String::strip);
  }

  /** Any text without a default; all of it counts. */
  static ConfigKey<String> verbatim(String group, String name, String doc) {
    return new ConfigKey<>(group, name, null, "text", doc, Function.identity());
  }

  /** A comma-separated list of names. */
  static ConfigKey<List<String>> list(String group, String name, String doc) {
    return new ConfigKey<>(group, name, "", NAMES, doc, ConfigKey::names);
  }

  /** One of a few words. */
  static ConfigKey<String> choice(
      String group, String name, String fallback, List<String> words, String doc) {
    String allowed = String.join(", ", words);
    return new ConfigKey<>(group, name, fallback, allowed, doc, text -> oneOf(words, text));
  }

  /** A whole number in [min, max]. */
  static ConfigKey<Integer> integer(
      String group, String name, int fallback, IntRange range, String doc) {
    return new ConfigKey<>(
        group, name, Integer.toString(fallback), range.text(), doc, range::parse);
  }

  /** Any whole number of 64 bits. */
  static ConfigKey<Long> seed(String group, String name, String doc) {
    return new ConfigKey<>(
        group, name, "0", "a whole number", doc, text -> Long.valueOf(text.strip()));
  }

  /** A number in single precision. */
  static ConfigKey<Float> number(
      String group, String name, float fallback, NumberRange range, String doc) {
    return new ConfigKey<>(group, name, plain(fallback), range.text(), doc, range::parse);
  }

  /** A fraction in [0, 1]. */
  static ConfigKey<Double> fraction(String group, String name, double fallback, String doc) {
    return new ConfigKey<>(
        group, name, Double.toString(fallback), "a number in [0, 1]", doc, ConfigKey::unit);
  }

  /** {@code true} or {@code false}. */
  static ConfigKey<Boolean> flag(String group, String name, String doc) {
    return new ConfigKey<>(
        group,
        name,
        "false",
        TRUE_FALSE,
        doc,
        text -> Boolean.valueOf(oneOf(List.of("true", "false"), text)));
  }

  /** Whether the option may stand alone, meaning {@code true}. */
  public boolean isFlag() {
    return allowed.equals(TRUE_FALSE);
  }

  /** Whether the option may be repeated, each time adding names. */
  public boolean isList() {
    return allowed.equals(NAMES);
  }

  /** {@code spark.drex.<group>.<name>}. */
  public String sparkKey() {
    return "spark.drex." + group + "." + name;
  }

  /** The command line's name: {@code --kebab-case}. */
  public String option() {
    StringBuilder option = new StringBuilder("--");
    for (char c : name.toCharArray()) {
      if (Character.isUpperCase(c)) {
        option.append('-');
      }
      option.append(Character.toLowerCase(c));
    }
    return option.toString();
  }

  /**
   * The value of a text.
   *
   * @throws ConfigException naming the key, the value and what is allowed
   */
  T parse(String text) {
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          option() + " (" + sparkKey() + ") must be " + allowed + ", not '" + text + "'", e);
    }
  }

  /** Bounds of a whole number, both included. */
  record IntRange(int min, int max) {
    static IntRange atLeast(int min) {
      return new IntRange(min, Integer.MAX_VALUE);
    }

    String text() {
      return max == Integer.MAX_VALUE
          ? "a whole number of at least " + min
          : "a whole number in [" + min + ", " + max + "]";
    }

    Integer parse(String text) {
      int value = Integer.parseInt(text.strip());
      if (value < min || value > max) {
        throw new IllegalArgumentException(text);
      }
      return value;
    }
  }

  /**
   * Bounds of a number.
   *
   * @param text in words, for messages and docs
   */
  record NumberRange(String text, Predicate<Float> allows) {
    Float parse(String number) {
      float value = Float.parseFloat(number.strip());
      if (!allows.test(value)) {
        throw new IllegalArgumentException(number);
      }
      return value;
    }
  }

  /** As users would write it: 1, not 1.0. */
  private static String plain(float value) {
    return value == (int) value ? Integer.toString((int) value) : Float.toString(value);
  }

  private static String oneOf(List<String> words, String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    if (!words.contains(word)) {
      throw new IllegalArgumentException(text);
    }
    return word;
  }

  private static Double unit(String text) {
    double value = Double.parseDouble(text);
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(text);
    }
    return value;
  }

  private static List<String> names(String text) {
    List<String> names = new ArrayList<>();
    Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return List.copyOf(names);
  }
}
