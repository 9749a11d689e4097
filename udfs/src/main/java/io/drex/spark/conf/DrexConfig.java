package io.drex.spark.conf;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A validated configuration: {@code spark.drex.*} entries, each of a known key with an allowed
 * value. Immutable.
 */
public final class DrexConfig {
  private static final String PREFIX = "spark.drex.";

  private final Map<String, String> entries;

  private DrexConfig(Map<String, String> entries) {
    this.entries = Map.copyOf(entries);
  }

  /**
   * Takes the {@code spark.drex.*} entries out of a Spark configuration.
   *
   * @throws ConfigException for an unknown key, with the nearest known one, or a value that is not
   *     allowed
   */
  public static DrexConfig of(Map<String, String> sparkEntries) {
    Map<String, String> entries = new TreeMap<>();
    sparkEntries.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            KeyNames.bySparkKey(key).parse(value);
            entries.put(key, value);
          }
        });
    return new DrexConfig(entries);
  }

  /** The value of a key that has a default or was checked to be set. */
  public <T> T value(ConfigKey<T> key) {
    return optional(key)
        .orElseThrow(
            () -> new ConfigException(key.option() + " (" + key.sparkKey() + ") is required"));
  }

  /** The value of a key, its default, or nothing. */
  public <T> Optional<T> optional(ConfigKey<T> key) {
    String text = entries.get(key.sparkKey());
    return Optional.ofNullable(text == null ? key.defaultText() : text).map(key::parse);
  }

  /** What was set, by Spark key; defaults are not in it. */
  public Map<String, String> entries() {
    return entries;
  }
}
